import { useState } from 'preact/hooks'
import { useApp, useText } from '../app.ts'
import { codeOf } from '../text/failure.ts'
import { Banner } from '../ui/banner.tsx'
import { Button } from '../ui/button.tsx'
import { Field, PasswordField } from '../ui/field.tsx'
import { useAct } from '../ui/use-act.ts'
import { Failed } from './failed.tsx'
import css from './settings.module.css'

/** Another password; in a session that is a while old it takes a code that is mailed. */
export function PasswordPart() {
  const { session, toasts } = useApp()
  const { password: text } = useText().settings
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [proofWanted, setProofWanted] = useState(false)
  const mail = useAct(async () => {
    await session.own.mailProof()
    if (proofWanted) toasts.say(text.resent)
    setProofWanted(true)
  })
  const change = useAct(async () => {
    try {
      await session.own.changePassword(password, proofWanted ? code.trim() : undefined)
    } catch (error) {
      if (codeOf(error) !== 'reauthentication_needed') throw error
      await mail.run()
      return
    }
    setPassword('')
    setCode('')
    setProofWanted(false)
    toasts.say(text.changed)
  })
  return (
    <section class={css.part}>
      <h3>{text.title}</h3>
      <p class={css.intro}>{text.intro}</p>
      <form
        class={css.form}
        onSubmit={(event) => {
          event.preventDefault()
          void change.run()
        }}
      >
        <PasswordField
          label={text.new}
          hint={text.hint}
          reveal={text}
          name="new-password"
          autocomplete="new-password"
          required
          minLength={8}
          value={password}
          onText={setPassword}
        />
        {proofWanted && (
          <>
            <Banner
              action={
                <Button kind="quiet" busy={mail.busy} onClick={() => void mail.run()}>
                  {text.resend}
                </Button>
              }
            >
              {text.codeNeeded}
            </Banner>
            <Field
              label={text.code}
              name="code"
              inputMode="numeric"
              autocomplete="one-time-code"
              required
              maxLength={10}
              value={code}
              onText={setCode}
            />
          </>
        )}
        <Failed error={change.error ?? mail.error} />
        <Button type="submit" busy={change.busy}>
          {text.change}
        </Button>
      </form>
    </section>
  )
}
