import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'

/** Longer than connections linger that nobody is answered on. */
const LONG_MS = 900

describe('a gateway that is told to stop while somebody asks', () => {
  let gateway: TestGateway
  afterEach(() => gateway.close())

  const start = async (drainMs: number) => {
    gateway = await startTestGateway({ engine: 'pglite', settings: { timeouts: { drainMs } } })
    return gateway.signUp()
  }

  /** Asks for something, and sends the last of it when told to. */
  async function begin({ token }: Visitor, method: string, path: string, body: unknown) {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(JSON.stringify(body)),
    }
    const asking = request(`${gateway.url}${path}`, { method, headers })
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      asking.once('response', resolve).once('error', reject)
    })
    answer.catch(() => {})
    asking.write(JSON.stringify(body).slice(0, 5))
    await sleep(200)
    return {
      async end() {
        asking.end(JSON.stringify(body).slice(5))
        const came = await answer
        return { status: came.statusCode, body: JSON.parse(await text(came)) }
      },
      answer,
    }
  }

  it('answers whoever had asked before, however long that takes, and then ends', async () => {
    const asking = await begin(await start(5_000), 'PATCH', '/api/profile', { displayName: 'Ana' })
    const closing = gateway.running.close()
    await sleep(LONG_MS)
    expect(await asking.end()).toMatchObject({ status: 200, body: { displayName: 'Ana' } })
    const answered = performance.now()
    await closing
    expect(performance.now() - answered).toBeLessThan(LONG_MS)
  })

  it('takes a message that was on its way, and refuses one that comes later', async () => {
    const visitor = await start(5_000)
    const path = '/api/chat/message'
    const asking = await begin(visitor, 'POST', path, { message: '[[words:5]]' })
    const closing = gateway.running.close()
    await sleep(50)
    const late = await visitor.request(path, { method: 'POST', body: { message: 'late' } })
    expect(await late.json()).toMatchObject({ status: 503, code: 'draining' })
    expect(await asking.end()).toMatchObject({ status: 200, body: { message: { status: 'complete' } } })
    await closing
  })

  it('waits no longer than open replies may take', async () => {
    const asking = await begin(await start(LONG_MS), 'PATCH', '/api/profile', { displayName: 'Ana' })
    const began = performance.now()
    await gateway.running.close()
    expect(performance.now() - began).toBeGreaterThan(LONG_MS - 50)
    await expect(asking.answer).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  it('does not wait for callers that left, nor for what they had asked behind something else', async () => {
    const { token } = await start(30_000)
    const { hostname, port } = new URL(gateway.url)
    const ask = `GET /api/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`
    const socket = connect(Number(port), hostname)
    socket.write(ask + ask)
    await new Promise((resolve) => socket.once('data', resolve))
    socket.destroy()
    await sleep(200)
    const began = performance.now()
    await gateway.running.close()
    expect(performance.now() - began).toBeLessThan(10_000)
  })

  it('does not wait for connections on which nothing is asked', async () => {
    await start(30_000)
    const { hostname, port } = new URL(gateway.url)
    const began = performance.now()
    const socket = connect(Number(port), hostname)
    await sleep(200)
    await gateway.running.close()
    expect(performance.now() - began).toBeLessThan(5_000)
    socket.destroy()
  })
})
