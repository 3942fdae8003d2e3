import { useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { useApp } from '../app.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { useAct } from '../ui/use-act.ts'
import { textOf } from './form.ts'
import { MailSent } from './mail-sent.tsx'
import { Refused } from './refused.tsx'
import css from './signin-frame.module.css'
import { SigninFrame } from './signin-frame.tsx'

/** Asks for the link that leads to a new password. */
export function ForgotPage() {
  const { session, text } = useApp()
  const { route } = useLocation()
  const { signin } = text.value
  const [mailed, setMailed] = useState<string>()
  const ask = useAct(async (form: FormData) => {
    const email = textOf(form, 'email')
    await session.mailReset(email)
    setMailed(email)
  })
  if (mailed !== undefined) {
    const send = () => session.mailReset(mailed)
    return <MailSent email={mailed} kind="recovery" send={send} onDone={() => route('/reset', true)} />
  }
  return (
    <SigninFrame title={signin.forgot.title} lead={signin.forgot.body}>
      <form
        class={css.form}
        onSubmit={(event) => {
          event.preventDefault()
          void ask.run(new FormData(event.currentTarget))
        }}
      >
        <Field label={signin.email} name="email" type="email" autocomplete="username" required focused />
        <Refused error={ask.error} />
        <Button kind="primary" wide type="submit" busy={ask.busy}>
          {signin.forgot.send}
        </Button>
      </form>
      <p class={css.links}>
        <a href="/sign-in">{signin.mail.back}</a>
      </p>
    </SigninFrame>
  )
}
