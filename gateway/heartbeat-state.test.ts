import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { appendEntries, auditHead, readLogId } from '../src/audit/append.ts'
import type { Channel } from '../src/audit/entry.ts'
import type { Database } from '../src/db/database.ts'
import { onEachGateway } from '../test/support/each-gateway.ts'
import { createHeartbeatState } from './heartbeat-state.ts'

onEachGateway('the heartbeat as /health sees it', (gateway) => {
  const db = () => gateway().db
  const write = async (channel: Channel, at: Date) => {
    const entry = { channel, kind: 'test.made', actor: 'cli:test', data: {} }
    await appendEntries(db(), [auditHead(await readLogId(db()), entry, at)])
  }
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000)

  it('is missed once the newest is too old, and found again', async () => {
    const state = await looking(db())
    await write('heartbeat', minutesAgo(10))
    await write('api', minutesAgo(0))
    expect(await state()).toBe('degraded')
    await write('heartbeat', minutesAgo(0))
    await sleep(10)
    expect(await state()).toBe('ok')
  })
})

it('is not missed by a gateway that just began, nor while nobody can tell', async () => {
  const q = { query: () => Promise.reject(new Error('away')) } as never
  expect(await createHeartbeatState({ q, log: 'x', onError: fail })()).toBe('ok')
})

it('was missed, but is not said to be any longer while looking fails or takes too long, and the failure is told', async () => {
  const answers = [
    () => Promise.resolve([{ heartbeat: 60_000, oldest: 60_000 }]),
    () => Promise.reject(new Error('away')),
    () => new Promise(() => {}),
  ]
  const errors: unknown[] = []
  const state = createHeartbeatState({
    q: { query: () => answers.shift()?.() } as never,
    ...{ log: 'x', missingMs: 1, rememberMs: 1, lookMs: 20 },
    onError: (error) => errors.push(error),
  })
  await sleep(10)
  expect(await state()).toBe('degraded')
  await sleep(10)
  expect(await state()).toBe('ok')
  expect(errors).toEqual([new Error('away')])
  await sleep(10)
  expect(await state()).toBe('ok')
  expect(answers).toEqual([])
})

function fail(error: unknown): never {
  throw error
}

async function looking(db: Database) {
  const state = createHeartbeatState({
    q: db,
    log: await readLogId(db),
    missingMs: 1_000,
    rememberMs: 1,
    onError: fail,
  })
  await sleep(1_100)
  return state
}
