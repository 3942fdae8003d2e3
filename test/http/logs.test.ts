import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { logFailure } from '../../commands/gateway/log.ts'
import { createLogger } from '../../src/log/logger.ts'
import { readEvents } from '../support/events.ts'
import { startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'

const CANARY = 'canary4f9d1c77b2'
const MAIL = `${CANARY}@example.org`
const ID = '6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01'

/** One line of the log, as it was written. */
interface Line {
  level: string
  at: string
  event: string
  [name: string]: unknown
}

describe('the log of requests', () => {
  const written: string[] = []
  const log = createLogger({ level: 'debug', write: (line) => void written.push(line) })
  let upstream: Server
  let gateway: TestGateway
  let visitor: Visitor
  beforeAll(async () => {
    upstream = createServer((_, answer) => {
      const error = { type: 'invalid_request_error', message: `${CANARY}: no such thing, ask ${MAIL}` }
      answer.writeHead(400, { 'content-type': 'application/json', 'request-id': CANARY })
      answer.end(JSON.stringify({ type: 'error', error }))
    })
    await once(upstream.listen(0, '127.0.0.1'), 'listening')
    gateway = await startTestGateway({ engine: 'pglite', log })
    visitor = await gateway.signUp()
  })
  afterAll(async () => {
    upstream.close()
    await gateway.close()
  })

  /** The line of the last request, once it is written; a response reaches its reader before that. */
  async function lineOf(answer: Response): Promise<Line> {
    const id = answer.headers.get('x-request-id') ?? 'none'
    for (let tries = 0; tries < 100; tries += 1) {
      const line = written.find((one) => one.includes(id))
      if (line) return JSON.parse(line)
      await sleep(20)
    }
    throw new Error(`no line of request ${id}`)
  }

  it('has one line for each, with the pattern of its route and the caller’s pseudonym', async () => {
    const before = written.length
    const answer = await visitor.request(`/api/conversations/${ID}?limit=1`)
    await answer.text()
    const line = await lineOf(answer)
    expect(line).toEqual({
      level: 'warn',
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      event: 'request',
      method: 'GET',
      route: '/api/conversations/:key',
      status: 404,
      requestId: answer.headers.get('x-request-id'),
      actor: expect.stringMatching(/./),
      durationMs: expect.any(Number),
      bytes: expect.any(Number),
      ended: 'whole',
    })
    expect(line.actor).not.toContain(visitor.userId)
    expect(Number(line.bytes)).toBeGreaterThan(200)
    expect(written.slice(before).filter((one) => one.includes('"event":"request"'))).toHaveLength(1)
  })

  it('has a level by status, and little to say of probes', async () => {
    const levels = await Promise.all(
      ['/health/live', '/config.json', '/nothing'].map(async (path) => {
        const answer = await fetch(gateway.url + path)
        await answer.text()
        const { level, route } = await lineOf(answer)
        return [level, route]
      }),
    )
    expect(levels).toEqual([
      ['debug', '/health/live'],
      ['info', '/config.json'],
      ['warn', 'unmatched'],
    ])
  })

  it('tells of a stream when it began and how it ended', async () => {
    const send = (body: object) =>
      visitor.request('/api/chat/message', { method: 'POST', body, accept: 'text/event-stream' })
    const whole = await send({ message: 'x [[words:5]]' })
    await readEvents(whole)
    expect(await lineOf(whole)).toMatchObject({ ended: 'whole', firstByteMs: expect.any(Number) })
    const cut = await send({ message: 'x [[words:500]] [[pace:20]]' })
    await readEvents(cut, ({ event }) => event === 'delta')
    expect(await lineOf(cut)).toMatchObject({ ended: 'cut', firstByteMs: expect.any(Number) })
  })

  it('tells once of a proxy that is not trusted, which makes all its callers one', async () => {
    const headers = { 'x-forwarded-for': '192.0.2.1' }
    for (let n = 0; n < 3; n += 1) await (await fetch(`${gateway.url}/health/live`, { headers })).text()
    const told = written.filter((line) => line.includes('"event":"untrusted_proxy"'))
    expect(told.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: 'warn',
        address: '127.0.0.1',
        hint: expect.stringMatching(/trustedProxies/),
      }),
    ])
  })

  it('writes nothing below its level', () => {
    const lines: string[] = []
    const quiet = createLogger({ level: 'warn', write: (line) => void lines.push(line) })
    quiet.info({ event: 'request' })
    quiet.debug({ event: 'request' })
    quiet.warn({ event: 'request' })
    expect(lines).toHaveLength(1)
  })

  it('never holds what a request said, wherever it said it', async () => {
    const everywhere = {
      headers: {
        cookie: `session=${CANARY}`,
        'user-agent': `Mozilla/${CANARY} (${MAIL})`,
        referer: `https://example.org/?token=${CANARY}`,
        apikey: CANARY,
        'x-request-id': CANARY,
        'x-forwarded-for': CANARY,
        'last-event-id': CANARY,
        origin: `https://${CANARY}.example.org`,
      },
      at: gateway.url,
    }
    const queries = ['access_token', 'token', 'token_hash', 'code', 'q', 'redirect_to', CANARY]
    for (const name of queries) {
      for (const path of [
        `/api/conversations?${name}=${CANARY}`,
        `/auth/v1/verify?type=signup&${name}=${CANARY}`,
        `/${CANARY}?${name}=${encodeURIComponent(MAIL)}`,
        `/api/conversations/${CANARY}`,
        `/api/generations/${ID}/events?lastEventId=${CANARY}&${name}=1`,
      ]) {
        await (await visitor.request(path, everywhere)).text()
        await (await fetch(gateway.url + path, { headers: { authorization: `Bearer ${CANARY}` } })).text()
      }
    }
    const body = {
      email: MAIL,
      password: CANARY,
      message: `${CANARY} and ${MAIL}`,
      token: CANARY,
      code: CANARY,
    }
    for (const path of [
      '/auth/v1/signup',
      '/auth/v1/token?grant_type=password',
      '/auth/v1/token?grant_type=refresh_token',
      '/auth/v1/verify',
      '/api/chat/message',
      `/api/conversations/${ID}/edit`,
    ]) {
      await (await visitor.request(path, { method: 'POST', body, ...everywhere })).text()
    }
    const sent = await visitor.request('/api/chat/message', {
      method: 'POST',
      body: {
        message: `My word is ${CANARY}, my address ${MAIL} [[fault:server-error-final]]`,
        clientMessageId: CANARY,
      },
    })
    await lineOf(sent)
    expectNoCanary()
  })

  it('never holds what Claude says of a failure', async () => {
    const { port } = upstream.address() as AddressInfo
    const other = await startTestGateway({
      engine: 'pglite',
      log,
      environment: { ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` },
    })
    try {
      const answer = await (await other.signUp()).request('/api/chat/message', {
        method: 'POST',
        body: { message: 'Hello' },
      })
      expect(answer.status).toBe(502)
      await answer.json()
      expect(await lineOf(answer)).toMatchObject({ level: 'error', status: 502 })
      expectNoCanary()
    } finally {
      await other.close()
    }
  })

  it('never holds what is no proper HTTP', async () => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
    socket.end(
      `GET /${CANARY} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n${CANARY}`,
    )
    await once(socket.resume(), 'close')
    expectNoCanary()
  })

  it('hides secrets and mail addresses in failures nobody foresaw, and keeps the rest', () => {
    const lines: string[] = []
    const failing = createLogger({ level: 'info', write: (line) => void lines.push(line) })
    const cause = new Error(`Key (email)=(${MAIL}) already exists, password=${CANARY}`)
    logFailure(failing, new Error(`Bearer ${CANARY} was refused at https://x/?code=${CANARY}`, { cause }))
    const [line = ''] = lines
    expect(line).not.toContain(CANARY)
    expect(JSON.parse(line)).toMatchObject({
      level: 'error',
      event: 'error',
      code: 'internal',
      causes: expect.arrayContaining([
        expect.stringContaining('Caused by: Error: Key (email)=([REDACTED:mail])'),
      ]),
    })
  })

  function expectNoCanary(): void {
    expect(written.length).toBeGreaterThan(5)
    expect(written.filter((line) => line.toLowerCase().includes(CANARY))).toEqual([])
  }
})

describe('a line a person reads', () => {
  it('says what was asked and what came of it', async () => {
    const { humanLine } = await import('../../src/log/human.ts')
    const { createColour } = await import('../../src/ui/colour.ts')
    const line = (entry: Record<string, unknown>) =>
      humanLine(
        JSON.stringify({ level: 'info', at: '2026-11-25T12:03:55.000Z', ...entry }),
        createColour(false),
      )
    const request = {
      event: 'request',
      method: 'POST',
      route: '/api/chat/message',
      status: 200,
      durationMs: 1_234,
    }
    expect(line(request)).toMatch(/^\d\d:\d\d:\d\d POST \/api\/chat\/message 200 in 1\.2 s\n$/)
    expect(line({ ...request, firstByteMs: 8.24, ended: 'cut' })).toMatch(
      /in 1\.2 s, first byte after 8\.2 ms, cut\n$/,
    )
    expect(line({ event: 'config', message: 'PORT is odd', fix: 'x' })).toMatch(/config PORT is odd fix=x\n$/)
  })
})
