import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NewEntry } from '../src/audit/entry.ts'
import { nameCreator } from '../src/people/creator.ts'
import { startTestGateway, type TestGateway } from '../test/support/gateway.ts'
import { watchState } from './watch-state.ts'

describe('the state a gateway goes on in', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'pglite' })
  })
  afterAll(() => gateway?.close())

  const told = async (kind: string) => {
    const rows = await gateway.db.query<{ channel: string; data: Record<string, unknown> }>(
      'select channel, data from public.audit_entries where kind = $1 order by seq',
      [kind],
    )
    for (const { channel } of rows)
      expect(channel).toBe(kind.startsWith('alert') ? 'alerts' : 'consciousness')
    return rows.map(({ data }) => data)
  }
  const startAgain = async (audit: 'durable' | 'strict', simulated: boolean) => {
    const { db, running } = gateway
    const { audit: writer, alerts, log } = running.services
    const thresholds = { responseMs: 1, streamMs: undefined, costSpike: { factor: 3, leastUsd: 1, days: 7 } }
    const end = await watchState({
      config: {
        ...{ mode: 'embedded', simulated, audit: { mode: audit, key: undefined }, thresholds },
        backup: { provedWithinDays: 35, madeWithinHours: undefined },
      },
      ...{ db, audit: writer, alerts, log, instance: 'later', sole: true, speaks: () => true },
      onError: (error) => {
        throw error
      },
    })
    end()
  }

  it('is told at the first start, and again when it is another', async () => {
    expect(await told('mode.changed')).toEqual([
      { what: 'database', from: null, to: 'embedded' },
      { what: 'audit', from: null, to: 'durable' },
      { what: 'claude', from: null, to: 'real' },
    ])
    await startAgain('durable', false)
    await startAgain('strict', true)
    expect((await told('mode.changed')).slice(3)).toEqual([
      { what: 'audit', from: 'durable', to: 'strict' },
      { what: 'claude', from: 'real', to: 'simulated' },
    ])
  })

  it('ends what a gateway that is gone left open, and no other alert', async () => {
    const { audit } = gateway.running.services
    const say = (kind: string, actor: string, alert: string): NewEntry => ({
      ...{ channel: 'alerts', kind, actor },
      data: { alert, severity: 'warning' },
    })
    await audit.append(say('alert.raised', 'gateway:gone', 'webhook_dead_api'))
    await audit.append(say('alert.raised', 'gateway:gone', 'reply_slow'))
    await audit.append(say('alert.recovered', 'gateway:gone', 'reply_slow'))
    await audit.append(say('alert.raised', 'gateway:later', 'http_5xx'))
    await startAgain('strict', true)
    const ends = (await told('alert.recovered')).filter(({ reason }) => reason !== undefined)
    expect(ends).toMatchObject([{ alert: 'webhook_dead_api', reason: 'its gateway ended' }])
    await startAgain('strict', true)
    expect((await told('alert.recovered')).filter(({ reason }) => reason !== undefined)).toHaveLength(1)
  })

  it('a new creator is told with both pseudonyms and what trust they have now', async () => {
    const { userId } = await gateway.signUp()
    const other = await gateway.signUp()
    const { audit } = gateway.running.services
    await nameCreator({ db: gateway.db, audit }, userId, 'cli:test')
    await nameCreator({ db: gateway.db, audit }, other.userId, 'cli:test')
    const [first, second] = await told('creator.changed')
    expect(first).toEqual({ from: null, to: expect.stringMatching(/^person:/) })
    expect(second).toEqual({ from: first?.to, to: expect.stringMatching(/^person:/) })
    expect((await told('trust.changed')).map(({ person, to }) => [person, to])).toEqual([
      [first?.to, 1],
      [second?.to, 1],
      [first?.to, 0.5],
    ])
  })
})
