import { useApp } from '../app.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { useAct } from '../ui/use-act.ts'
import { textOf } from './form.ts'
import { Refused } from './refused.tsx'
import css from './signin-frame.module.css'
import { SigninFrame } from './signin-frame.tsx'

/** Asks for a code of the second factor that the session owes. */
export function SecondFactor() {
  const { session, text } = useApp()
  const { signin } = text.value
  const prove = useAct((form: FormData) => session.secondFactor(textOf(form, 'code').replaceAll(' ', '')))
  const leave = useAct(() => session.signOut('local'))
  return (
    <SigninFrame title={signin.factor.title} lead={signin.factor.body}>
      <form
        class={css.form}
        onSubmit={(event) => {
          event.preventDefault()
          void prove.run(new FormData(event.currentTarget))
        }}
      >
        <Field
          label={signin.factor.code}
          name="code"
          inputMode="numeric"
          autocomplete="one-time-code"
          pattern="[0-9 ]{6,7}"
          maxLength={7}
          required
          focused
        />
        <Refused error={prove.error} />
        <Button kind="primary" wide type="submit" busy={prove.busy}>
          {signin.factor.go}
        </Button>
        <Button kind="quiet" busy={leave.busy} onClick={() => void leave.run()}>
          {signin.other}
        </Button>
      </form>
    </SigninFrame>
  )
}
