import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { jsonList } from '../src/people/export/json-list.ts'
import type { GatewayEnv } from './env.ts'
import { jsonStream } from './json-stream.ts'
import { limitStreams } from './middleware/limit-streams.ts'

/** A document whose list is long to read and has nothing in it; `asked()` counts its pages. */
function longAndEmpty() {
  let asked = 0
  async function* pages() {
    for (; asked < 500; asked += 1) {
      await sleep(2)
      yield []
    }
  }
  async function* pieces() {
    yield '{"list":'
    yield* jsonList(pages())
    yield '}'
  }
  return { pieces: pieces(), asked: () => asked }
}

test('a reader who is gone, or who may not read on, ends the reading at the next empty page', async () => {
  for (const how of ['cancel', 'abort'] as const) {
    const { pieces, asked } = longAndEmpty()
    const right = new AbortController()
    const reader = jsonStream(pieces, { filename: 'a', ended: right.signal }).body?.getReader()
    await reader?.read()
    const second = reader?.read().catch(() => {})
    await sleep(20)
    const before = asked()
    if (how === 'cancel') void reader?.cancel()
    else right.abort()
    await sleep(100)
    expect(asked(), how).toBeLessThanOrEqual(before + 2)
    await second
  }
})

test('empty pages leave no trace in the document', async () => {
  const { pieces } = longAndEmpty()
  expect(await jsonStream(pieces, { filename: 'a', ended: undefined }).json()).toEqual({ list: [] })
})

test('the place of a stream is free again only once the reading behind it has ended', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const app = new Hono<GatewayEnv>()
    .onError((_, c) => c.body(null, 429))
    .use(async (c, next) => {
      c.set('person', { userId: 'ada' } as GatewayEnv['Variables']['person'])
      await next()
    })
    .use(limitStreams(1))
    .get('/export', (c) => {
      c.set('reading', promise)
      return c.body('{}', 200, { 'Content-Disposition': 'attachment' })
    })
  const ask = async () => {
    const outgoing = new EventEmitter()
    const { status } = await app.request('/export', {}, { outgoing } as unknown as GatewayEnv['Bindings'])
    return { status, close: () => outgoing.emit('close') }
  }
  const first = await ask()
  first.close()
  expect([first.status, (await ask()).status]).toEqual([200, 429])
  resolve()
  await sleep(0)
  expect((await ask()).status).toBe(200)
})
