import { useRef, useState } from 'preact/hooks'
import { useApp } from '../app.ts'
import { Button } from '../ui/button.tsx'
import { Field, PasswordField } from '../ui/field.tsx'
import { useAct } from '../ui/use-act.ts'
import { ForStrangers } from './for-strangers.tsx'
import { passwordOf, textOf } from './form.ts'
import { MailSent } from './mail-sent.tsx'
import { SignInRefusal } from './refusal.ts'
import { Refused } from './refused.tsx'
import { SecondFactor } from './second-factor.tsx'
import css from './signin-frame.module.css'
import { SigninFrame } from './signin-frame.tsx'

interface Mailed {
  email: string
  kind: 'magiclink' | 'signup'
}

/** Signing in: with a password, a mailed link or code, and the second factor where there is one. */
export function SignInPage() {
  const { session } = useApp()
  const [mailed, setMailed] = useState<Mailed>()
  return <ForStrangers>{step()}</ForStrangers>

  function step() {
    if (session.factor.value !== undefined) return <SecondFactor />
    if (!mailed) return <SignInForm onMailed={setMailed} />
    const { email, kind } = mailed
    const send = () => (kind === 'signup' ? session.resendConfirmation(email) : session.mailLink(email))
    return <MailSent email={email} kind={kind} send={send} />
  }
}

function SignInForm({ onMailed }: { onMailed: (mailed: Mailed) => void }) {
  const { session, text } = useApp()
  const { signin } = text.value
  const form = useRef<HTMLFormElement>(null)
  const signIn = useAct((given: FormData) => session.password(textOf(given, 'email'), passwordOf(given)))
  const mail = useAct(async (kind: Mailed['kind']) => {
    const email = emailOf(form.current)
    if (email === undefined) return
    await (kind === 'signup' ? session.resendConfirmation(email) : session.mailLink(email))
    onMailed({ email, kind })
  })
  const error = mail.error ?? signIn.error
  const unconfirmed = error instanceof SignInRefusal && error.code === 'email_not_confirmed'
  return (
    <SigninFrame title={signin.signIn}>
      <form
        ref={form}
        class={css.form}
        onSubmit={(event) => {
          event.preventDefault()
          mail.clear()
          void signIn.run(new FormData(event.currentTarget))
        }}
      >
        <Field label={signin.email} name="email" type="email" autocomplete="username" required focused />
        <PasswordField
          label={signin.password}
          name="password"
          autocomplete="current-password"
          reveal={signin}
          required
        />
        <Refused
          error={error}
          action={
            unconfirmed && (
              <Button busy={mail.busy} onClick={() => void mail.run('signup')}>
                {signin.refused.resend}
              </Button>
            )
          }
        />
        <Button kind="primary" wide type="submit" busy={signIn.busy}>
          {signin.signIn}
        </Button>
        <span class={css.between}>{signin.or}</span>
        <Button wide icon="mail" busy={mail.busy} onClick={() => void mail.run('magiclink')}>
          {signin.mailLink}
        </Button>
      </form>
      <div class={css.links}>
        <a href="/forgot">{signin.forgotLink}</a>
        <p>
          {signin.toSignUp.before} <a href="/sign-up">{signin.toSignUp.link}</a>
        </p>
      </div>
    </SigninFrame>
  )
}

/** The address in the form; where it is none, the browser says so at the field. */
function emailOf(form: HTMLFormElement | null): string | undefined {
  const field = form?.elements.namedItem('email')
  if (!form || !(field instanceof HTMLInputElement) || !field.reportValidity()) return undefined
  return field.value.trim()
}
