import { useState } from 'preact/hooks'
import { useApp } from '../app.ts'
import { Button } from '../ui/button.tsx'
import { Field, PasswordField } from '../ui/field.tsx'
import { useAct } from '../ui/use-act.ts'
import { ForStrangers } from './for-strangers.tsx'
import { passwordOf, textOf } from './form.ts'
import { MailSent } from './mail-sent.tsx'
import { Refused } from './refused.tsx'
import css from './signin-frame.module.css'
import { SigninFrame } from './signin-frame.tsx'

/** A new account; where its address must be confirmed, a mail is waited for. */
export function SignUpPage() {
  const { session } = useApp()
  const [unconfirmed, setUnconfirmed] = useState<string>()
  return (
    <ForStrangers>
      {unconfirmed === undefined ? (
        <SignUpForm onUnconfirmed={setUnconfirmed} />
      ) : (
        <MailSent email={unconfirmed} kind="signup" send={() => session.resendConfirmation(unconfirmed)} />
      )}
    </ForStrangers>
  )
}

function SignUpForm({ onUnconfirmed }: { onUnconfirmed: (email: string) => void }) {
  const { session, text } = useApp()
  const { signin } = text.value
  const signUp = useAct(async (form: FormData) => {
    const email = textOf(form, 'email')
    if ((await session.signUp(email, passwordOf(form))) === 'confirm') onUnconfirmed(email)
  })
  return (
    <SigninFrame title={signin.signUp}>
      <form
        class={css.form}
        onSubmit={(event) => {
          event.preventDefault()
          void signUp.run(new FormData(event.currentTarget))
        }}
      >
        <Field label={signin.email} name="email" type="email" autocomplete="username" required focused />
        <PasswordField
          label={signin.password}
          hint={signin.passwordHint}
          name="password"
          autocomplete="new-password"
          minLength={8}
          reveal={signin}
          required
        />
        <Refused error={signUp.error} />
        <Button kind="primary" wide type="submit" busy={signUp.busy}>
          {signin.signUp}
        </Button>
      </form>
      <p class={css.links}>
        <span>
          {signin.toSignIn.before} <a href="/sign-in">{signin.toSignIn.link}</a>
        </span>
      </p>
    </SigninFrame>
  )
}
