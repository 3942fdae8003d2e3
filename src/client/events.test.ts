import { afterEach, describe, expect, it } from 'vitest'
import {
  begin,
  json,
  type ScriptedGateway,
  scriptedGateway,
  sse,
  type Turn,
} from '../../test/support/scripted-gateway.ts'
import type { FeedEvent } from '../contract/feed.ts'
import { createClient } from './client.ts'
import type { FollowOptions } from './events.ts'

let server: ScriptedGateway | undefined

afterEach(async () => {
  await server?.close()
  server = undefined
})

async function gateway(...turns: Turn[]): Promise<ScriptedGateway> {
  server = await scriptedGateway((_asked, n) => turns[n])
  return server
}

const ready = (id: number, seq: number) => sse('ready', id, { seq })
const changed = (id: number) => sse('profile.changed', id, { at: '2026-11-25T14:00:00.000Z' })
const says =
  (...events: string[]): Turn =>
  (_request, response) =>
    begin(response).end(events.join(''))

/** Reads until `count` events came. */
async function read(url: string, count: number, options: FollowOptions = {}): Promise<FeedEvent[]> {
  const events: FeedEvent[] = []
  for await (const event of createClient({ url, fetch }).events(options)) {
    events.push(event)
    if (events.length === count) break
  }
  return events
}

const ids = (events: readonly FeedEvent[]) =>
  events.map((event) => ('seq' in event ? event.seq : event.event))

describe('the feed, as the client follows it', () => {
  it('goes on after a lost connection where it was, with nothing twice and one `ready`', async () => {
    const { url, asked } = await gateway(
      says(ready(4, 4), changed(5), changed(6)),
      (_request, response) => begin(response).write(changed(7).slice(0, 20), () => response.destroy()),
      says(ready(6, 7), changed(6), changed(7)),
    )
    expect(ids(await read(url, 4))).toEqual([4, 5, 6, 7])
    expect(asked.map(({ lastEventId }) => lastEventId)).toEqual([undefined, '6', '6'])
  })

  it('resumes before anything happened where it first connected', async () => {
    const { url, asked } = await gateway(says(ready(9, 9)), says(ready(9, 10), changed(10)))
    expect(ids(await read(url, 2))).toEqual([9, 10])
    expect(asked.map(({ lastEventId }) => lastEventId)).toEqual([undefined, '9'])
  })

  it('hands `reset` on and counts from there, also backwards', async () => {
    const { url, asked } = await gateway(says(sse('reset', 3, { seq: 3 })), says(ready(3, 4), changed(4)))
    expect(ids(await read(url, 2, { lastEventId: 50 }))).toEqual([3, 4])
    expect(asked.map(({ lastEventId }) => lastEventId)).toEqual(['50', '3'])
  })

  it('waits as long as a gateway that is about to stop asks for', async () => {
    const began = performance.now()
    const { url } = await gateway(
      says(ready(1, 1), sse('draining', undefined, { retryAfterMs: 700 })),
      says(ready(1, 2), changed(2)),
    )
    expect(ids(await read(url, 3))).toEqual([1, 'draining', 2])
    expect(performance.now() - began).toBeGreaterThan(690)
  })

  it('skips what it does not know, and takes a silent connection for lost', async () => {
    const { url } = await gateway(
      (_request, response) => void begin(response).write(ready(1, 1) + sse('memory.added', 2, {})),
      says(ready(1, 3), changed(3)),
    )
    expect(ids(await read(url, 2, { silenceMs: 200 }))).toEqual([1, 3])
  })

  it('throws what the gateway refuses for good, and the reason it was ended with', async () => {
    const { url } = await gateway(json({ code: 'unauthorized', title: 'No', status: 401 }, 401))
    await expect(read(url, 1)).rejects.toMatchObject({ code: 'unauthorized' })
    await server?.close()
    await expect(read(url, 1)).rejects.toMatchObject({ code: 'gateway_unreachable' })
    const { url: open } = await gateway((_request, response) => void begin(response).write(ready(1, 1)))
    const reason = new Error('enough')
    await expect(read(open, 2, { signal: AbortSignal.any([abortedIn(100, reason)]) })).rejects.toBe(reason)
  })
})

function abortedIn(ms: number, reason: Error): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(reason), ms)
  return controller.signal
}
