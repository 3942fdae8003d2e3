import { expect, it } from 'vitest'
import { HelixError } from '../../errors.ts'
import type { Person } from '../person.ts'
import { checkDeletion } from './permission.ts'

const NOW = new Date('2026-11-25T12:00:00Z')
const ago = (seconds: number) => NOW.getTime() / 1000 - seconds

function outcome(person: Partial<Person>, confirm = 'delete my account'): string {
  const all: Person = {
    userId: 'u',
    actor: 'person:a',
    creator: false,
    sessionId: 's',
    email: 'Ada@example.com',
    claims: { amr: [{ method: 'password', timestamp: ago(5) }] },
    ...person,
  }
  try {
    checkDeletion(all, confirm, NOW)
    return 'ok'
  } catch (error) {
    return error instanceof HelixError ? error.code : String(error)
  }
}

it('is for who signed in within ten minutes, by any way of the session', () => {
  const signedIn = (amr: unknown) => outcome({ claims: { amr } })
  expect(signedIn([{ method: 'password', timestamp: ago(600) }])).toBe('ok')
  expect(signedIn([{ method: 'password', timestamp: ago(601) }])).toBe('reauthentication_needed')
  expect(
    signedIn([
      { method: 'password', timestamp: ago(9_000) },
      { method: 'totp', timestamp: ago(10) },
    ]),
  ).toBe('ok')
  for (const amr of [undefined, null, [], 'password', ['password'], [null], [{ timestamp: 'x' }], [{}]]) {
    expect(signedIn(amr)).toBe('reauthentication_needed')
  }
})

it('is not for the creator, nor over the private socket', () => {
  expect(outcome({ creator: true })).toBe('creator_account')
  expect(outcome({ creator: false, sessionId: null, claims: {} })).toBe('reauthentication_needed')
})

it('is confirmed by the address, whatever its case, or the phrase', () => {
  expect(outcome({}, ' ada@EXAMPLE.com ')).toBe('ok')
  expect(outcome({}, 'Delete my account')).toBe('ok')
  for (const confirm of ['', 'ada', 'bob@example.com', 'delete my accounts']) {
    expect(outcome({}, confirm)).toBe('consent_required')
  }
  expect(outcome({ email: null }, 'null')).toBe('consent_required')
})

it('is for an anonymous person at any time: they cannot sign in again', () => {
  expect(outcome({ email: null, claims: { is_anonymous: true } })).toBe('ok')
  expect(outcome({ claims: { is_anonymous: 'true' } })).toBe('reauthentication_needed')
})
