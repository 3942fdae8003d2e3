import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import type { GatewayEnv } from '../env.ts'
import { createTurnstile } from '../turnstile.ts'
import { limitBody } from './limit-body.ts'

const MOST = 1024 * 1024
const AT_ONCE = 2

/** A large body whose end comes when it is told to. */
function largeBody() {
  let finish: () => void = () => {}
  const ended = new Promise<void>((resolve) => {
    finish = resolve
  })
  const body = { begun: false, finish, stream: undefined as unknown as ReadableStream<Uint8Array> }
  body.stream = new ReadableStream(
    {
      async pull(controller) {
        if (body.begun) {
          await ended
          return controller.close()
        }
        body.begun = true
        controller.enqueue(new Uint8Array(200_000))
      },
    },
    { highWaterMark: 0 },
  )
  return body
}

describe('large bodies of one person', () => {
  const app = new Hono<GatewayEnv>()
    .onError((_, c) => c.text('cut off', 400))
    .use(async (c, next) => {
      c.set('person', { userId: c.req.header('x-person') } as GatewayEnv['Variables']['person'])
      await next()
    })
    .use(
      limitBody(
        MOST,
        () => {
          throw new Error('too large')
        },
        createTurnstile(AT_ONCE),
      ),
    )
    .post('/', async (c) => c.text(String((await c.req.arrayBuffer()).byteLength)))

  const send = (person: string, body: ReadableStream<Uint8Array> | string, headers = {}) =>
    app.request('/', {
      method: 'POST',
      body,
      headers: { 'x-person': person, ...headers },
      duplex: 'half',
    } as RequestInit)
  const settled = () => new Promise((resolve) => setTimeout(resolve, 20))

  it('are read a few at a time, and hold up neither others nor small ones', async () => {
    const bodies = Array.from({ length: 5 }, largeBody)
    const answers = bodies.map(({ stream }) => send('ada', stream, { 'transfer-encoding': 'chunked' }))
    await settled()
    expect(bodies.map(({ begun }) => begun)).toEqual([true, true, false, false, false])
    expect(await (await send('ada', 'small', { 'content-length': '5' })).text()).toBe('5')
    const other = largeBody()
    other.finish()
    expect(await (await send('bob', other.stream, { 'content-length': '200000' })).text()).toBe('200000')
    bodies[0]?.finish()
    await settled()
    expect(bodies.map(({ begun }) => begun)).toEqual([true, true, true, false, false])
    for (const { finish } of bodies) finish()
    for (const answer of answers) expect(await (await answer).text()).toBe('200000')
  })

  it('make room when one is cut off', async () => {
    const broken = () =>
      new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('gone')) })
    for (let n = 0; n < 2 * AT_ONCE; n += 1) {
      const answer = await send('cy', broken(), { 'transfer-encoding': 'chunked' })
      expect(answer.status).toBe(400)
    }
    const body = largeBody()
    body.finish()
    expect((await send('cy', body.stream, { 'transfer-encoding': 'chunked' })).status).toBe(200)
  })
})
