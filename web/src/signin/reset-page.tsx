import { useLocation } from 'preact-iso/router'
import { useApp } from '../app.ts'
import { Button, ButtonLink } from '../ui/button.tsx'
import { PasswordField } from '../ui/field.tsx'
import { useAct } from '../ui/use-act.ts'
import { passwordOf } from './form.ts'
import { Landed } from './landed.tsx'
import { Refused } from './refused.tsx'
import { SecondFactor } from './second-factor.tsx'
import css from './signin-frame.module.css'
import { SigninFrame } from './signin-frame.tsx'

/** A new password, for who came by a mailed link or code. */
export function ResetPage() {
  const { session, text } = useApp()
  const { reset } = text.value.signin
  return (
    <Landed>
      {() => {
        if (session.factor.value !== undefined) return <SecondFactor />
        const who = session.state.value
        if (typeof who !== 'string') return <NewPassword email={who.email} />
        return (
          <SigninFrame title={reset.title} lead={reset.needsLink}>
            <div>
              <ButtonLink kind="primary" href="/forgot">
                {reset.getLink}
              </ButtonLink>
            </div>
          </SigninFrame>
        )
      }}
    </Landed>
  )
}

function NewPassword({ email }: { email: string }) {
  const { session, text, toasts } = useApp()
  const { route } = useLocation()
  const { signin } = text.value
  const save = useAct(async (form: FormData) => {
    await session.changePassword(passwordOf(form))
    toasts.say(signin.reset.saved)
    route('/', true)
  })
  return (
    <SigninFrame title={signin.reset.title} lead={signin.reset.body(email)}>
      <form
        class={css.form}
        onSubmit={(event) => {
          event.preventDefault()
          void save.run(new FormData(event.currentTarget))
        }}
      >
        <input type="hidden" name="email" autocomplete="username" value={email} />
        <PasswordField
          label={signin.reset.password}
          hint={signin.passwordHint}
          name="password"
          autocomplete="new-password"
          minLength={8}
          reveal={signin}
          required
          focused
        />
        <Refused error={save.error} />
        <Button kind="primary" wide type="submit" busy={save.busy}>
          {signin.reset.save}
        </Button>
      </form>
    </SigninFrame>
  )
}
