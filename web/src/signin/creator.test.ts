import { signal } from '@preact/signals'
import { expect, it } from 'vitest'
import type { Profile } from '../../../src/contract/profile.ts'
import { createCreator } from './creator.ts'
import type { SessionState } from './session.ts'

const ada = { userId: 'ada', email: 'ada@example.com', anonymous: false }

function made(creators: readonly string[]) {
  const state = signal<SessionState>('unknown')
  let asked = 0
  const profile = async () => {
    asked += 1
    const who = state.value
    return { creator: typeof who !== 'string' && creators.includes(who.userId) } as Profile
  }
  const creator = createCreator({ client: { account: { profile } }, session: { state } })
  return { state, creator, asked: () => asked, settled: () => new Promise((resolve) => setTimeout(resolve)) }
}

it('asks once a person, and nobody while nobody is signed in', async () => {
  const { state, creator, asked, settled } = made(['ada'])
  creator.ask()
  expect(asked()).toBe(0)
  state.value = ada
  creator.ask()
  await settled()
  creator.ask()
  expect([creator.is.value, asked()]).toEqual([true, 1])
})

it('holds for nobody else who signs in after them', async () => {
  const { state, creator, settled } = made(['ada'])
  state.value = ada
  creator.ask()
  await settled()
  state.value = { ...ada, userId: 'bob' }
  expect(creator.is.value).toBe(false)
  creator.ask()
  await settled()
  expect(creator.is.value).toBe(false)
})
