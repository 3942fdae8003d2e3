import { useState } from 'preact/hooks'
import type { AdminPerson } from '../../../src/contract/admin/people.ts'
import { useText } from '../app.ts'
import { useFormat } from '../format/use-format.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { useAct } from '../ui/use-act.ts'
import css from './admin.module.css'
import { Failed } from './failed.tsx'
import { nameOf } from './people-table.tsx'
import type { ChangePerson } from './person-dialog.tsx'

interface FormProps {
  person: AdminPerson
  change: ChangePerson
}

const NANO = 1e9

/** Takes somebody's access, once it was said what that means, or gives it back. */
export function AccessForm({ person, change }: FormProps) {
  const { admin, common } = useText()
  const text = admin.people
  const name = nameOf(person, text)
  const [asking, setAsking] = useState(false)
  const suspend = useAct(async () => {
    await change({ suspended: !person.suspended }, (now) =>
      now.suspended ? text.didSuspend(name) : text.didLift(name),
    )
    setAsking(false)
  })
  const said = { signin_unavailable: text.noAdmin, creator_account: text.creatorStays }
  return (
    <section class={css.form} aria-label={text.access}>
      {person.suspended && <p>{text.isSuspended}</p>}
      {asking && (
        <div role="alert">
          <strong>{text.suspendTitle(name)}</strong>
          <p class={css.text}>{text.suspendBody}</p>
        </div>
      )}
      <Failed error={suspend.error} said={said} />
      <div class={css.actions}>
        {person.suspended ? (
          <Button busy={suspend.busy} onClick={() => void suspend.run()}>
            {text.lift}
          </Button>
        ) : (
          <Button
            kind="danger"
            busy={suspend.busy}
            onClick={() => (asking ? void suspend.run() : setAsking(true))}
          >
            {asking ? text.suspend : `${text.suspend} …`}
          </Button>
        )}
        {asking && !person.suspended && (
          <Button kind="quiet" onClick={() => setAsking(false)}>
            {common.cancel}
          </Button>
        )}
      </div>
    </section>
  )
}

/** Sets how far somebody is trusted. */
export function TrustForm({ person, change }: FormProps) {
  const { people: text } = useText().admin
  const [trust, setTrust] = useState(String(person.trustLevel))
  const set = useAct((trustLevel: number) =>
    change({ trustLevel }, (now) => text.didTrust(nameOf(now, text), now.trustLevel.toFixed(2))),
  )
  const wanted = numberOf(trust)
  const bad = wanted === undefined || wanted < 0 || wanted > 1
  return (
    <form
      class={css.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (!bad) void set.run(wanted)
      }}
    >
      <div class={css.inline}>
        <Field
          label={text.trust}
          hint={text.trustHint}
          error={bad && text.trustBad}
          name="trust"
          inputMode="decimal"
          autocomplete="off"
          value={trust}
          onText={setTrust}
        />
        <Button type="submit" busy={set.busy}>
          {text.setTrust}
        </Button>
      </div>
      <Failed error={set.error} />
    </form>
  )
}

/** Sets what replies to somebody may cost a day. */
export function QuotaForm({ person, change }: FormProps) {
  const { people: text } = useText().admin
  const format = useFormat()
  const [quota, setQuota] = useState(person.quota === null ? '' : String(person.quota / NANO))
  const set = useAct((wanted: number | null) =>
    change({ quota: wanted }, (now) =>
      text.didQuota(nameOf(now, text), now.quota === null ? text.usual : format.money(now.quota)),
    ),
  )
  const usd = numberOf(quota)
  const bad = quota.trim() !== '' && (usd === undefined || usd < 0)
  return (
    <form
      class={css.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (!bad) void set.run(usd === undefined ? null : Math.round(usd * NANO))
      }}
    >
      <div class={css.inline}>
        <Field
          label={text.quota}
          hint={text.quotaHint}
          error={bad && text.quotaBad}
          name="quota"
          inputMode="decimal"
          autocomplete="off"
          value={quota}
          onText={setQuota}
        />
        <Button type="submit" busy={set.busy}>
          {text.setQuota}
        </Button>
      </div>
      <Failed error={set.error} />
    </form>
  )
}

/** A number as people type one, with a point or a comma; undefined for what is none. */
function numberOf(typed: string): number | undefined {
  const text = typed.trim().replace(',', '.')
  const number = Number(text)
  return text === '' || !Number.isFinite(number) ? undefined : number
}
