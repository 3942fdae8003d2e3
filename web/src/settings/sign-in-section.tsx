import { useApp, useText } from '../app.ts'
import { failureText } from '../text/failure.ts'
import { useLoad } from '../ui/use-load.ts'
import { Waiting } from '../ui/waiting.tsx'
import { EmailPart } from './email-part.tsx'
import { FactorPart } from './factor-part.tsx'
import { PasswordPart } from './password-part.tsx'

/** How the person signs in: address, password, second factor. */
export function SignInSection() {
  const { session } = useApp()
  const { common, failures } = useText()
  const own = useLoad(() => session.own.read(), [])
  if (!own.value) return <Waiting loaded={own} labels={common} failed={failureText(own.error, failures)} />
  return (
    <>
      <EmailPart own={own.value} onChanged={own.again} />
      {own.value.email !== '' && <PasswordPart />}
      {own.value.email !== '' && <FactorPart own={own.value} onChanged={own.again} />}
    </>
  )
}
