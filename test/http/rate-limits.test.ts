import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Operation } from '../../src/contract/operation.ts'
import { speaksGotrue } from '../../src/openapi/problems.ts'
import { startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { nameOf, operationsFor } from '../support/operations.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import { expectProblem } from '../support/problems.ts'

const LIMITS = { reads: 5, writes: 2, strangers: 4, openStreams: 2, signIns: 2 }

describe('limits on requests', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startTestGateway({
      engine: 'pglite',
      settings: {
        web: { serve: false },
        limits: LIMITS,
        trustedProxies: ['127.0.0.1'],
      },
    })
  })
  afterAll(() => gateway.close())

  const from = (address: string, path: string, headers: Record<string, string> = {}) =>
    fetch(gateway.url + path, { headers: { 'x-forwarded-for': address, ...headers } })
  const standing = ({ headers }: Response) => [headers.get('ratelimit-policy'), headers.get('ratelimit')]

  it('hold each person to so many reads and writes a minute, and say where they stand', async () => {
    const [ada, bob] = [await gateway.signUp(), await gateway.signUp()]
    for (let left = 4; left >= 0; left -= 1) {
      const answer = await ada.request(left % 2 ? '/api/conversations' : '/api/profile')
      expect(answer.status).toBe(200)
      expect(standing(answer)[0]).toBe('"reads";q=5;w=60')
      expect(standing(answer)[1]).toMatch(new RegExp(`^"reads";r=${left};t=(60|5\\d)$`))
    }
    const refused = await ada.request('/api/profile')
    const { retryAfterMs } = await refused.clone().json()
    expect(await expectProblem(refused)).toBe('rate_limited')
    expect(refused.status).toBe(429)
    expect(retryAfterMs).toBeGreaterThan(50_000)
    expect(Number(refused.headers.get('retry-after'))).toBe(Math.ceil(retryAfterMs / 1000))
    expect(standing(refused)[1]).toMatch(/^"reads";r=0;t=(60|5\d)$/)
    expect((await bob.request('/api/profile')).status).toBe(200)
    expect((await write(ada)).headers.get('ratelimit')).toMatch(/^"writes";r=1;/)
    expect((await write(ada)).headers.get('ratelimit')).toMatch(/^"writes";r=0;/)
    expect(await expectProblem(await write(ada))).toBe('rate_limited')
    expect((await write(bob)).status).toBe(404)
  })

  it('say where an address stands that signs in, also where it is refused', async () => {
    const signIn = () =>
      fetch(`${gateway.url}/auth/v1/token?grant_type=password`, {
        method: 'POST',
        headers: { 'x-forwarded-for': '203.0.113.77', 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'nobody@example.com', password: 'not the password' }),
      })
    for (const [status, left] of [
      [400, 1],
      [400, 0],
      [429, 0],
    ]) {
      const answer = await signIn()
      expect(answer.status).toBe(status)
      expect(standing(answer)[0]).toBe('"auth_signIns";q=2;w=300')
      expect(standing(answer)[1]).toMatch(new RegExp(`^"auth_signIns";r=${left};t=(300|29\\d)$`))
    }
  })

  it('never hold a message back: that has a limit of its own, told in the same headers', async () => {
    const ada = await gateway.signUp()
    for (let n = 0; n < 6; n += 1) await ada.request('/api/profile')
    const send = (accept?: string) =>
      ada.request('/api/chat/message', {
        method: 'POST',
        body: { message: 'Hello', clientMessageId: 'the-same' },
        ...(accept ? { accept } : {}),
      })
    const first = await send()
    expect(first.status).toBe(200)
    expect(standing(first)).toEqual(['"turns";q=60;w=60', expect.stringMatching(/^"turns";r=29;t=\d+$/)])
    const repeated = await send('text/event-stream')
    expect(repeated.status).toBe(200)
    expect(standing(repeated)).toEqual([null, null])
    await repeated.text()
  })

  it('hold who sends what is refused, again and again', async () => {
    const ada = await gateway.signUp()
    const send = (body: object) => ada.request('/api/chat/message', { method: 'POST', body })
    for (let n = 0; n < 2; n += 1) expect(await expectProblem(await send({}))).toBe('request_invalid')
    expect(await expectProblem(await send({}))).toBe('rate_limited')
    expect((await send({ message: 'Hello' })).status).toBe(200)
  })

  it('hold an address that nobody is signed in for, and no other', async () => {
    const ask = (address: string, path = '/config.json') => from(address, path)
    for (const path of ['/config.json', '/health', '/', '/openapi.json']) {
      expect((await ask('192.0.2.1', path)).headers.get('ratelimit-policy'), path).toBe(
        '"strangers";q=4;w=60',
      )
    }
    expect(await expectProblem(await ask('192.0.2.1'))).toBe('rate_limited')
    expect((await ask('192.0.2.2')).status).toBe(200)
    expect((await ask('192.0.2.1', '/health/live')).status).toBe(200)
    expect((await ask('192.0.2.1', '/health/ready')).status).toBe(200)
  })

  it('count an IPv6 network as one address', async () => {
    for (let n = 0; n < 4; n += 1) expect((await from(`2001:db8::${n + 1}`, '/config.json')).status).toBe(200)
    expect((await from('2001:db8::ffff:1', '/config.json')).status).toBe(429)
    expect((await from('2001:db8:0:1::1', '/config.json')).status).toBe(200)
  })

  it('stop answering an address that guesses tokens, but never who has one behind the same address', async () => {
    const ada = await gateway.signUp()
    const guess = () => from('192.0.2.3', '/api/profile', { authorization: 'Bearer a.b.c' })
    for (let n = 0; n < 4; n += 1) {
      const answer = await guess()
      expect(answer.headers.get('ratelimit')).toMatch(new RegExp(`^"strangers";r=${3 - n};`))
      expect(await expectProblem(answer)).toBe('unauthorized')
    }
    expect(await expectProblem(await guess())).toBe('rate_limited')
    const known = await from('192.0.2.3', '/api/profile', { authorization: `Bearer ${ada.token}` })
    expect(known.status).toBe(200)
  })

  it('bound the streams a person follows, and free a place when one ends', async () => {
    const ada = await gateway.signUp()
    const sent = await ada.request('/api/chat/message', {
      method: 'POST',
      accept: 'text/event-stream',
      body: { message: '[[words:200]][[pace:50]]' },
    })
    const generationId = /"generationId":"([^"]+)"/.exec(await firstPiece(sent))?.[1]
    const attach = () => ada.request(`/api/generations/${generationId}/events`)
    const second = await attach()
    expect(second.status).toBe(200)
    const third = await attach()
    expect(third.headers.get('retry-after')).toBe('5')
    expect(await expectProblem(third)).toBe('too_many_streams')
    await second.body?.cancel()
    await expect.poll(async () => (await attach()).status, { interval: 200, timeout: 600 }).toBe(200)
    await ada.request(`/api/generations/${generationId}/stop`, { method: 'POST' })
  })
})

describe('every route', () => {
  const ID = '6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01'
  const byProblem = (operation: Operation) => !speaksGotrue(operation)
  let gateway: TestGateway
  beforeAll(async () => {
    // The built page costs nothing and is not counted; what stands in its place is.
    gateway = await startTestGateway({ engine: 'pglite', settings: { web: { serve: false } } })
  })
  afterAll(() => gateway.close())

  async function policyOf({ method, path }: Operation, headers: Record<string, string>): Promise<string> {
    const answer = await fetch(gateway.url + path.replaceAll(/\{\w+\}/g, ID), {
      method: method.toUpperCase(),
      headers,
    })
    await answer.body?.cancel()
    return /^"(\w+)"/.exec(answer.headers.get('ratelimit-policy') ?? '')?.[1] ?? 'none'
  }

  it('that is public counts strangers, but for what process managers ask', async () => {
    for (const operation of operationsFor('public').filter(byProblem)) {
      expect(await policyOf(operation, {}), nameOf(operation)).toBe(policyFor(operation))
    }
  })

  it('that wants a token counts whoever has none', async () => {
    for (const operation of operationsFor('person', 'creator').filter(byProblem)) {
      expect(await policyOf(operation, { authorization: 'Bearer a.b.c' }), nameOf(operation)).toBe(
        'strangers',
      )
    }
  })

  it('counts the person who asks, also by a message that is refused', async () => {
    for (const operation of operationsFor('person').filter(byProblem)) {
      const { token } = await gateway.signUp()
      const expected = operation.method === 'get' ? 'reads' : 'writes'
      expect(await policyOf(operation, { authorization: `Bearer ${token}` }), nameOf(operation)).toBe(
        expected,
      )
    }
  })
})

describe.skipIf(postgresUnavailable)('limits on requests to two gateways on one database', () => {
  it('hold together, a moment later', async () => {
    const gateway = await startTestGateway({ engine: 'postgres', settings: { limits: { reads: 6 } } })
    onTestFinished(() => gateway.close())
    const ada = await gateway.signUp()
    const { url } = await gateway.another()
    for (let n = 0; n < 5; n += 1) expect((await ada.request('/api/profile')).status).toBe(200)
    const ask = async () => (await ada.request('/api/profile', { at: url })).status
    expect(await ask()).toBe(200)
    // Each learns of the other when it has something to tell, which may be before the other told anything.
    await expect.poll(ask, { interval: 1_200, timeout: 8_000 }).toBe(429)
  })
})

/** What counts a stranger who asks this. */
function policyFor({ path }: Operation): string {
  if (/^\/health\/(live|ready)$/.test(path)) return 'none'
  return path === '/api/client-errors' ? 'reports' : 'strangers'
}

/** The first piece of a stream that goes on. */
async function firstPiece({ body }: Response): Promise<string> {
  const piece = await body?.getReader().read()
  return new TextDecoder().decode(piece?.value)
}

function write(visitor: Visitor): Promise<Response> {
  return visitor.request('/api/generations/6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01/stop', { method: 'POST' })
}
