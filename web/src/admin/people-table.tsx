import type { AdminPerson } from '../../../src/contract/admin/people.ts'
import { useText } from '../app.ts'
import type { Format } from '../format/format.ts'
import type { Catalog } from '../text/en.ts'
import css from './admin.module.css'
import { Scrolling } from './scrolling.tsx'

interface PeopleTableProps {
  people: readonly AdminPerson[]
  format: Format
  onOpen: (person: AdminPerson) => void
}

export function PeopleTable({ people, format, onOpen }: PeopleTableProps) {
  const { people: text, sections } = useText().admin
  const { columns } = text
  return (
    <Scrolling label={sections.people}>
      <table class={css.table}>
        <thead>
          <tr>
            <th scope="col">{columns.person}</th>
            {[columns.trust, columns.quota, columns.spent, columns.messages, columns.conversations].map(
              (name) => (
                <th key={name} scope="col" class={css.end}>
                  {name}
                </th>
              ),
            )}
            <th scope="col">{columns.last}</th>
            <th scope="col">{columns.joined}</th>
          </tr>
        </thead>
        <tbody>
          {people.map((person) => (
            <Row key={person.userId} {...{ person, format, text, onOpen }} />
          ))}
        </tbody>
      </table>
    </Scrolling>
  )
}

interface RowProps extends Omit<PeopleTableProps, 'people'> {
  person: AdminPerson
  text: Catalog['admin']['people']
}

function Row({ person, format, text, onOpen }: RowProps) {
  const name = nameOf(person, text)
  return (
    <tr>
      <th scope="row">
        <button type="button" class={css.link} aria-label={text.open(name)} onClick={() => onOpen(person)}>
          {name}
        </button>
        <PersonTags person={person} />
        {person.displayName && person.email && <div class={css.note}>{person.displayName}</div>}
      </th>
      <td class={css.end}>{person.trustLevel.toFixed(2)}</td>
      <td class={css.end}>{person.quota === null ? text.usual : format.money(person.quota)}</td>
      <td class={css.end}>{format.money(person.spentTodayNanoUsd)}</td>
      <td class={css.end}>{format.count(person.messagesToday)}</td>
      <td class={css.end}>{format.count(person.conversationCount)}</td>
      <td>{person.lastMessageAt ? format.ago(person.lastMessageAt) : text.never}</td>
      <td>{person.createdAt ? format.ago(person.createdAt) : '–'}</td>
    </tr>
  )
}

function PersonTags({ person }: { person: AdminPerson }) {
  const { people: text } = useText().admin
  const waiting = person.invitedAt !== null && person.lastSignInAt === null
  const tags = [
    ...(person.creator ? [{ text: text.creator, tone: 'accent' }] : []),
    ...(person.suspended ? [{ text: text.suspended, tone: 'bad' }] : []),
    ...(waiting ? [{ text: text.invited, tone: 'warn' }] : []),
    ...(person.anonymous ? [{ text: text.anonymous, tone: undefined }] : []),
    ...(!person.confirmed && !person.anonymous && !waiting
      ? [{ text: text.unconfirmed, tone: undefined }]
      : []),
  ]
  if (tags.length === 0) return null
  return (
    <span class={css.tags}>
      {tags.map((tag) => (
        <span key={tag.text} class={css.tag} data-tone={tag.tone}>
          {tag.text}
        </span>
      ))}
    </span>
  )
}

/** What a person is called in a line: their address, else their name, else the beginning of their id. */
export function nameOf(person: AdminPerson, text: Catalog['admin']['people']): string {
  return person.email || person.displayName || `${text.unnamed} (${person.userId.slice(0, 8)})`
}
