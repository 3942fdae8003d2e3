import { useState } from 'preact/hooks'
import { useApp, useText } from '../app.ts'
import type { OwnFacts } from '../signin/own-account.ts'
import { Banner } from '../ui/banner.tsx'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { useAct } from '../ui/use-act.ts'
import { Failed } from './failed.tsx'
import css from './settings.module.css'

/** The address somebody signs in with; an account without one becomes a usual one by it. */
export function EmailPart({ own, onChanged }: { own: OwnFacts; onChanged: () => void }) {
  const { session, toasts } = useApp()
  const { email: text } = useText().settings
  const [email, setEmail] = useState('')
  const [wrong, setWrong] = useState<string>()
  const change = useAct(async () => {
    const how = await session.own.changeEmail(email.trim())
    toasts.say(how === 'changed' ? text.changed : text.sent)
    setEmail('')
    onChanged()
  })

  function submit(): void {
    const given = email.trim()
    const same = given.toLowerCase() === own.email.toLowerCase()
    const problem = !/^\S+@\S+$/.test(given) ? text.bad : same ? text.same : undefined
    setWrong(problem)
    if (problem === undefined) void change.run()
  }

  return (
    <section class={css.first}>
      <h3>{text.title}</h3>
      <p class={css.intro}>{own.email === '' ? text.none : text.current(own.email)}</p>
      {own.newEmail && (
        <div class={css.stack}>
          <Banner>{text.waiting(own.newEmail)}</Banner>
        </div>
      )}
      <form
        class={css.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <Field
          label={text.new}
          type="email"
          name="email"
          autocomplete="email"
          autocapitalize="off"
          spellcheck={false}
          maxLength={255}
          value={email}
          error={wrong}
          onText={setEmail}
        />
        <Failed error={change.error} />
        <Button type="submit" busy={change.busy}>
          {own.email === '' ? text.give : text.change}
        </Button>
      </form>
    </section>
  )
}
