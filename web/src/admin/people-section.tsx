import { useEffect, useState } from 'preact/hooks'
import type { AdminPerson } from '../../../src/contract/admin/people.ts'
import { useApp, useText } from '../app.ts'
import { useFormat } from '../format/use-format.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import css from './admin.module.css'
import { InviteDialog } from './invite-dialog.tsx'
import { Older } from './older.tsx'
import { Part } from './part.tsx'
import { PeopleTable } from './people-table.tsx'
import { PersonDialog } from './person-dialog.tsx'
import { usePages } from './use-pages.ts'

const TYPING_MS = 250

/** Everyone: finding, inviting, suspending, trust and quota. No word of what anyone wrote is to be had here. */
export function PeopleSection() {
  const { client } = useApp()
  const { admin } = useText()
  const text = admin.people
  const format = useFormat()
  const [typed, setTyped] = useState('')
  const search = useSettled(typed.trim(), TYPING_MS)
  const [inviting, setInviting] = useState(false)
  const [managed, setManaged] = useState<string>()
  const pages = usePages(
    (before, signal) => client.admin.people({ ...(search && { search }), ...(before && { before }) }, signal),
    (page) => page.users,
    [search],
  )
  const { loaded, items } = pages
  const [changed, setChanged] = useState<ReadonlyMap<string, AdminPerson>>(new Map())
  const people = items.map((person) => changed.get(person.userId) ?? person)
  const person = people.find(({ userId }) => userId === managed)
  const onChanged = (now: AdminPerson) => setChanged((all) => new Map(all).set(now.userId, now))
  return (
    <>
      <Part
        title={admin.sections.people}
        loaded={loaded}
        tools={
          <Button kind="primary" icon="plus" onClick={() => setInviting(true)}>
            {text.invite}
          </Button>
        }
      >
        {(page) => (
          <>
            <div class={css.search}>
              <Field
                type="search"
                label={text.search}
                hint={text.searchHint}
                name="search"
                autocomplete="off"
                spellcheck={false}
                maxLength={200}
                value={typed}
                onText={setTyped}
              />
              <p class={css.note} role="status">
                {page.total === 0 ? text.none : text.found(page.total, format.count(page.total))}
              </p>
            </div>
            <PeopleTable people={people} format={format} onOpen={({ userId }) => setManaged(userId)} />
            <Older pages={pages} />
          </>
        )}
      </Part>
      {inviting && (
        <InviteDialog
          onClose={() => setInviting(false)}
          onInvited={() => {
            setInviting(false)
            loaded.again()
          }}
        />
      )}
      {person && <PersonDialog person={person} onClose={() => setManaged(undefined)} onChanged={onChanged} />}
    </>
  )
}

/** A value once it has not changed for a while. */
function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}
