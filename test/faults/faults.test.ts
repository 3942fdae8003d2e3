import { describe, expect, it } from 'vitest'
import { serverPrograms } from '../support/cluster.ts'
import { unannounced } from './checks.ts'
import { runFaults } from './run.ts'

const missing = serverPrograms() ? null : 'no PostgreSQL in /usr/lib/postgresql'
const CALLS = 250
/** Discord takes a post in two seconds, and every call waits for one. */
const STRICT_CALLS = 100

describe('while database, Discord, Claude and gateways fail', () => {
  it.skipIf(missing)(
    `Claude is asked nothing that the chain did not announce, and every intent is closed ${missing ?? ''}`,
    async () => {
      const { reached, intents, unposted: _, ...found } = await runFaults({ calls: CALLS, seed: 7 })
      expect(found).toMatchObject({ unannounced: [], findings: [], deaths: [] })
      expect(found.settledMs).toBeLessThan(60_000)
      expect(reached).toBeGreaterThanOrEqual(CALLS)
      expect(intents).toBeGreaterThan(0)
      expect(Math.min(...found.harms.values())).toBeGreaterThan(0)
    },
    300_000,
  )

  it.skipIf(missing)(
    `in strict mode it is asked nothing that Discord does not have ${missing ?? ''}`,
    async () => {
      const found = await runFaults({ calls: STRICT_CALLS, seed: 11, strict: true })
      expect(found).toMatchObject({ unannounced: [], unposted: [], findings: [], deaths: [] })
      expect(found.settledMs).toBeLessThan(60_000)
      expect(found.reached).toBeGreaterThanOrEqual(STRICT_CALLS)
    },
    300_000,
  )

  it('would be seen to be asked', () => {
    const body = (text: string) => ({ messages: [{ content: [{ text }] }], system: [] })
    const announced = { ofMessage: new Map([['call-1.', 1_000.4]]), ofTitle: new Map(), intents: 1 }
    const ask = (requestId: string, at: number, text: string) => ({ requestId, at, body: body(text) })
    const asked = [
      ask('in time', 1_000, 'call-1. hello'),
      ask('too early', 998, 'call-1. hello'),
      ask('never', 2_000, 'call-2. hello'),
      ask('unknown', 2_000, 'hello'),
      { requestId: 'a title', at: 2_000, body: { ...body('call-1.'), system: [{ text: 'Write a title' }] } },
    ]
    expect(unannounced(asked, announced).map(({ requestId }) => requestId)).toEqual([
      'too early',
      'never',
      'unknown',
      'a title',
    ])
  })
})
