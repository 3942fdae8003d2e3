import { useEffect, useState } from 'preact/hooks'
import { useApp } from '../app.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { useAct } from '../ui/use-act.ts'
import { textOf } from './form.ts'
import { Refused } from './refused.tsx'
import css from './signin-frame.module.css'
import { SigninFrame } from './signin-frame.tsx'

/** One mail of a kind goes to an address in a minute. */
const SECONDS_BETWEEN = 60

interface MailSentProps {
  email: string
  /** What the mail is for. */
  kind: 'signup' | 'magiclink' | 'recovery'
  send: () => Promise<void>
  /** Once the code of the mail was spent. */
  onDone?: () => void
}

/** A mail is on its way: its link is waited for, its code taken, and it is sent again. */
export function MailSent({ email, kind, send, onDone }: MailSentProps) {
  const { session, text, toasts } = useApp()
  const { mail } = text.value.signin
  const [left, restart] = useCountdown(SECONDS_BETWEEN)
  const spend = useAct(async (form: FormData) => {
    await session.code(kind, email, textOf(form, 'code').replaceAll(' ', ''))
    onDone?.()
  })
  const again = useAct(async () => {
    await send()
    restart()
    toasts.say(mail.sent)
  })
  const lead = { signup: mail.confirm, magiclink: mail.link, recovery: mail.reset }[kind]
  return (
    <SigninFrame title={mail.title} lead={lead(email)}>
      <form
        class={css.form}
        onSubmit={(event) => {
          event.preventDefault()
          void spend.run(new FormData(event.currentTarget))
        }}
      >
        <Field
          label={mail.code}
          hint={mail.codeHint}
          name="code"
          inputMode="numeric"
          autocomplete="one-time-code"
          pattern="[0-9 ]{6,10}"
          maxLength={10}
          required
        />
        <Refused error={spend.error ?? again.error} />
        <div class={css.row}>
          <Button kind="primary" type="submit" busy={spend.busy}>
            {mail.useCode}
          </Button>
          <Button busy={again.busy} disabled={left > 0} onClick={() => void again.run()}>
            {left > 0 ? mail.againIn(left) : mail.again}
          </Button>
        </div>
      </form>
      <LocalMail email={email} />
      <p class={css.links}>
        <a href="/sign-in">{mail.back}</a>
      </p>
    </SigninFrame>
  )
}

/** On one's own machine there is rarely a mail server: mails are files there. */
function LocalMail({ email }: { email: string }) {
  const { text } = useApp()
  if (!['localhost', '127.0.0.1'].includes(location.hostname)) return null
  return (
    <div class={css.local}>
      <p>{text.value.signin.mail.local}</p>
      <code>npx helix user link {email}</code>
    </div>
  )
}

function useCountdown(seconds: number): [left: number, restart: () => void] {
  const [left, setLeft] = useState(seconds)
  useEffect(() => {
    if (left <= 0) return
    const timer = setTimeout(() => setLeft(left - 1), 1000)
    return () => clearTimeout(timer)
  }, [left])
  return [left, () => setLeft(seconds)]
}
