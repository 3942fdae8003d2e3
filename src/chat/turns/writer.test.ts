import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Database } from '../../db/database.ts'
import { LiveReply } from './live.ts'
import { createEventWriter } from './writer.ts'

const start = {
  event: 'start' as const,
  seq: 1,
  data: { generationId: 'g', sessionKey: 's', userMessageId: 'u', messageId: 'm' },
}
const reply = () => new LiveReply({ generationId: 'g', userId: 'p', leaseToken: 1, start })

/** Records the runs written; each write takes `ms`, and the first `failures` of them fail. */
function slowDatabase({ ms = 0, failures = 0, keeps = true } = {}) {
  const written: { firstSeq: number; lastSeq: number }[] = []
  let under = 0
  let most = 0
  let failed = 0
  const query = async (_sql: string, params: unknown[] = []) => {
    under += 1
    most = Math.max(most, under)
    await sleep(ms)
    under -= 1
    if (failed++ < failures) throw new Error('the database is away')
    const [ids, , firsts, lasts] = params as [string[], number[], number[], number[]]
    written.push(...ids.map((_, place) => ({ firstSeq: firsts[place] ?? 0, lastSeq: lasts[place] ?? 0 })))
    return keeps ? ids.map((id) => ({ id })) : []
  }
  return { db: { query } as unknown as Database, written, overlap: () => most }
}

describe('the event writer', () => {
  it('writes dense runs, one write at a time however slow the database is', async () => {
    const { db, written, overlap } = slowDatabase({ ms: 120 })
    const writer = createEventWriter(db, {
      announce: false,
      onError: (error) => expect.unreachable(String(error)),
    })
    const live = reply()
    for (let delta = 0; delta < 40; delta += 1) {
      live.append(`${delta} `)
      writer.mark(live)
      await sleep(8)
    }
    const rest = await writer.take(live)
    await writer.close()
    const runs = [...written, ...(rest ? [rest] : [])]
    expect(overlap()).toBe(1)
    expect(runs[0]?.firstSeq).toBe(2)
    expect(runs.at(-1)?.lastSeq).toBe(live.seq)
    runs.slice(1).forEach(({ firstSeq }, place) => {
      expect(firstSeq).toBe((runs[place]?.lastSeq ?? 0) + 1)
    })
  })

  it('keeps what could not be written for a later tick, and tells of an outage once', async () => {
    const { db, written } = slowDatabase({ failures: 2 })
    const errors: unknown[] = []
    const writer = createEventWriter(db, { announce: false, onError: (error) => errors.push(error) })
    const live = reply()
    live.append('kept')
    writer.mark(live)
    await expect.poll(() => written, { timeout: 3_000 }).toEqual([{ firstSeq: 2, lastSeq: 2 }])
    expect(errors).toHaveLength(1)
    await writer.close()
  })

  it('abandons a reply that is no longer ours', async () => {
    const { db } = slowDatabase({ keeps: false })
    const writer = createEventWriter(db, {
      announce: false,
      onError: (error) => expect.unreachable(String(error)),
    })
    const live = reply()
    live.append('lost')
    writer.mark(live)
    await expect.poll(() => live.abandoned).toBe(true)
    expect(live.endReason).toBe('lease_lost')
    await writer.close()
  })
})
