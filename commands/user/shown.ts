import type { AdminPerson } from '../../src/contract/admin/people.ts'
import type { Colour } from '../../src/ui/colour.ts'
import { safeText } from '../../src/ui/safe-text.ts'

/** How a person is called in a line: address, name or id. */
export function nameOf({ email, displayName, userId }: AdminPerson): string {
  return safeText(email ?? displayName ?? userId)
}

/** A person on one line of a list. */
export function personLine(person: AdminPerson, { dim, red }: Colour): string {
  const { suspended, creator, messagesToday, userId } = person
  const marks = [
    creator ? 'creator' : '',
    suspended ? red('suspended') : '',
    person.confirmed ? '' : 'not confirmed',
  ]
  const said = [`trust ${person.trustLevel}`, `${messagesToday} today`, ...marks].filter(
    (mark) => mark !== '',
  )
  return `${dim(userId)}  ${nameOf(person)}  ${said.join(', ')}`
}

/** Everything of a person, a line each. */
export function personLines(person: AdminPerson): string {
  const { quota } = person
  const rows: [string, string | null][] = [
    ['User', person.userId],
    ['Address', person.email],
    ['Name', person.displayName],
    ['Standing', standingOf(person)],
    ['Trust', String(person.trustLevel)],
    ['Quota', quota === null ? 'the usual budget' : `${dollars(quota)} a day`],
    ['Spent', `${dollars(person.spentTodayNanoUsd)} today`],
    ['Messages', `${person.messagesToday} today, in ${person.conversationCount} conversations in all`],
    ['Came', person.createdAt],
    ['Signed in', person.lastSignInAt],
    ['Last wrote', person.lastMessageAt],
  ]
  return rows
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name.padEnd(11)}${safeText(value ?? '')}`)
    .join('\n')
}

/** Billionths of a dollar, as people read them. */
export function dollars(nanoUsd: number): string {
  return `$${(nanoUsd / 1e9).toFixed(2)}`
}

function standingOf({ creator, suspended, anonymous, confirmed, invitedAt }: AdminPerson): string {
  const said = [
    ...(creator ? ['the creator'] : []),
    ...(suspended ? ['suspended'] : []),
    ...(anonymous ? ['anonymous'] : []),
    ...(confirmed ? [] : [invitedAt === null ? 'not confirmed' : 'invited']),
  ]
  return said.join(', ') || 'active'
}
