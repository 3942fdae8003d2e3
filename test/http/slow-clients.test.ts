import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'

const EACH = 200
const SAMPLES = 300
/** A machine that is busy with other things is slow with nobody slow, too. */
const BUSY_FACTOR = 2
/** Each slow sender sends a little once a second, and they take turns. */
const TURN_MS = 50
const TURNS = 20

/** Ways to hold a connection: what is sent at once, and what is sent again and again. */
const HOLDS: Record<string, (visitor: Visitor) => { first: string; again?: string; reads?: boolean }> = {
  'headers that never end': () => ({ first: 'GET /health HTTP/1.1\r\nHost: x\r\n', again: 'X-A: b\r\n' }),
  'a body that never ends': ({ token }) => ({
    first: [
      'POST /api/chat/message HTTP/1.1',
      'Host: x',
      `Authorization: Bearer ${token}`,
      'Content-Type: application/json',
      'Content-Length: 100000',
      '\r\n{"message":"',
    ].join('\r\n'),
    again: 'a',
  }),
  'nothing after an answer': () => ({ first: 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n' }),
  'an answer nobody reads': ({ token }) => ({
    first: `GET /api/generations/${GENERATION.id}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    reads: false,
  }),
}
const GENERATION = { id: '' }

describe('800 slow connections', () => {
  let gateway: TestGateway
  let visitor: Visitor
  const held: Socket[] = []
  let trickles: NodeJS.Timeout[] = []
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'pglite', settings: { limits: { openStreams: EACH } } })
    visitor = await gateway.signUp()
    const sent = await visitor.request('/api/chat/message', { method: 'POST', body: { message: 'Hello' } })
    GENERATION.id = (await sent.json()).message.generationId
  })
  afterAll(async () => {
    for (const timer of trickles) clearInterval(timer)
    for (const socket of held) socket.destroy()
    await gateway.close()
  })

  it('do not make others wait: 99 of 100 answers are there within 100 ms', async () => {
    const before = await sample(visitor)
    for (const hold of Object.values(HOLDS)) {
      const { first, again, reads = true } = hold(visitor)
      const sockets = await Promise.all(Array.from({ length: EACH }, () => dial(gateway.url)))
      for (const socket of sockets) {
        socket.write(first)
        if (reads) socket.resume()
        else socket.pause()
      }
      if (again) trickles.push(trickle(sockets, again))
      held.push(...sockets)
    }
    expect(held.filter((socket) => !socket.destroyed).length).toBe(4 * EACH)
    const during = await sample(visitor)
    const [quiet, busy] = [percentile(before, 0.99), percentile(during, 0.99)]
    expect(busy, `p99 with nobody slow: ${quiet.toFixed(1)} ms`).toBeLessThanOrEqual(
      Math.max(100, BUSY_FACTOR * quiet),
    )
  }, 60_000)

  it('are ended when they never send what they began', async () => {
    const slow = held.slice(0, EACH)
    await expect
      .poll(() => slow.filter((socket) => socket.destroyed).length, { timeout: 15_000, interval: 200 })
      .toBe(EACH)
    for (const timer of trickles) clearInterval(timer)
    trickles = []
    expect((await visitor.request('/health')).status).toBe(200)
  }, 20_000)
})

function trickle(sockets: readonly Socket[], text: string): NodeJS.Timeout {
  let turn = 0
  return setInterval(() => {
    turn += 1
    for (let at = turn % TURNS; at < sockets.length; at += TURNS) sockets[at]?.write(text)
  }, TURN_MS)
}

function dial(url: string): Promise<Socket> {
  const { port, hostname } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => resolve(socket))
    socket.once('error', reject)
    socket.on('error', () => {})
  })
}

/** How long each of a mix of requests took, one after the other, in ms. */
async function sample(visitor: Visitor): Promise<number[]> {
  const paths = ['/health/live', '/api/conversations', '/api/profile']
  const took: number[] = []
  while (took.length < SAMPLES) {
    const began = performance.now()
    const answer = await visitor.request(paths[took.length % paths.length] ?? '/')
    await answer.arrayBuffer()
    expect(answer.status).toBe(200)
    took.push(performance.now() - began)
  }
  return took
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0
}
