import type { AdminPerson, ChangePersonRequest } from '../../../src/contract/admin/people.ts'
import { useApp, useText } from '../app.ts'
import { useFormat } from '../format/use-format.ts'
import { failureText } from '../text/failure.ts'
import { Banner } from '../ui/banner.tsx'
import { Dialog } from '../ui/dialog.tsx'
import css from './admin.module.css'
import { nameOf } from './people-table.tsx'
import { AccessForm, QuotaForm, TrustForm } from './person-forms.tsx'

interface PersonDialogProps {
  person: AdminPerson
  onClose: () => void
  onChanged: (person: AdminPerson) => void
}

/** Makes a change, says it, and offers to take it back. */
export type ChangePerson = (
  change: ChangePersonRequest,
  said: (person: AdminPerson) => string,
) => Promise<void>

/** One person: access, trust, quota; each change can be taken back. */
export function PersonDialog({ person, onClose, onChanged }: PersonDialogProps) {
  const { client, toasts } = useApp()
  const { admin, common, failures } = useText()
  const text = admin.people
  const change: ChangePerson = async (wanted, said) => {
    const before = Object.fromEntries(
      Object.keys(wanted).map((name) => [name, person[name as keyof ChangePersonRequest]]),
    )
    const now = await client.admin.changePerson(person.userId, wanted)
    onChanged(now)
    toasts.say(said(now), {
      label: admin.undo,
      onChoose: () => {
        client.admin.changePerson(person.userId, before).then(
          (again) => {
            onChanged(again)
            toasts.say(admin.undone)
          },
          (error: unknown) => toasts.fail(failureText(error, failures)),
        )
      },
    })
  }
  return (
    <Dialog wide title={nameOf(person, text)} closeLabel={common.close} onClose={onClose}>
      {person.creator ? (
        <Banner>{text.creatorStays}</Banner>
      ) : (
        <>
          <AccessForm person={person} change={change} />
          <TrustForm person={person} change={change} />
        </>
      )}
      <QuotaForm person={person} change={change} />
      <Facts person={person} />
    </Dialog>
  )
}

function Facts({ person }: { person: AdminPerson }) {
  const { people: text } = useText().admin
  const format = useFormat()
  const when = (at: string | null) => (at === null ? text.never : format.moment(at))
  return (
    <section class={css.part} aria-label={text.facts}>
      <dl class={css.facts}>
        <dt>{text.id}</dt>
        <dd class={css.mono}>{person.userId}</dd>
        <dt>{text.columns.joined}</dt>
        <dd>{when(person.createdAt)}</dd>
        <dt>{text.lastSignIn}</dt>
        <dd>{when(person.lastSignInAt)}</dd>
        <dt>{text.columns.last}</dt>
        <dd>{when(person.lastMessageAt)}</dd>
        <dt>{text.columns.spent}</dt>
        <dd>{format.money(person.spentTodayNanoUsd)}</dd>
      </dl>
    </section>
  )
}
