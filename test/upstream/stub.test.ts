import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { MessagesBody } from './request.ts'
import { type StubClaude, startStubClaude } from './stub.ts'

const HEADERS = {
  authorization: 'Bearer sk-test',
  'anthropic-version': '2026-10-21',
  'content-type': 'application/json',
}
const user = (text: string) => ({ role: 'user' as const, content: text })
const BODY = { model: 'claude-sonnet-5-5', max_tokens: 100, stream: true, messages: [user('hi')] }
const mark = { cache_control: { type: 'ephemeral' as const } }

let stub: StubClaude
beforeAll(async () => {
  stub = await startStubClaude({ cacheMinimumTokens: 10 })
})
afterAll(() => stub.close())

function post(body: unknown, headers: Record<string, string> = HEADERS) {
  return fetch(`${stub.url}/v1/messages`, { method: 'POST', headers, body: JSON.stringify(body) })
}

describe('the rules of 2026-10-21', () => {
  it.each([
    ['only x-api-key', { ...HEADERS, authorization: '', 'x-api-key': 'sk-test' }, 401],
    ['an older version', { ...HEADERS, 'anthropic-version': '2023-06-01' }, 400],
    ['no JSON', { ...HEADERS, 'content-type': 'text/plain' }, 400],
  ])('refuse %s', async (_, headers, status) => {
    expect((await post(BODY, headers)).status).toBe(status)
  })

  it.each([
    ['temperature', { ...BODY, temperature: 1 }],
    ['top_p', { ...BODY, top_p: 1 }],
    ['top_k', { ...BODY, top_k: 1 }],
    ['a missing max_tokens', { ...BODY, max_tokens: undefined }],
    ['an unknown parameter', { ...BODY, idempotency_key: 'a' }],
    ['no messages', { ...BODY, messages: [] }],
    ['a first message by the assistant', { ...BODY, messages: [{ role: 'assistant', content: 'a' }] }],
    ['roles that do not alternate', { ...BODY, messages: [user('a'), user('b')] }],
    ['an empty text', { ...BODY, messages: [user(' ')] }],
    ['an email as user id', { ...BODY, metadata: { user_id: 'a@example.org' } }],
    [
      'five breakpoints',
      { ...BODY, ...mark, system: Array.from({ length: 4 }, () => ({ type: 'text', text: 'a', ...mark })) },
    ],
  ])('refuse %s', async (_, body) => {
    const response = await post(body)
    expect(response.status).toBe(400)
    expect(response.headers.get('request-id')).toMatch(/^req_/)
    expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } })
  })
})

describe('prompt caching', () => {
  const persona = { type: 'text', text: 'p'.repeat(400), ...mark }
  const memory = { type: 'text', text: 'm'.repeat(200), cache_control: { type: 'ephemeral', ttl: '5m' } }

  async function usage(body: Partial<MessagesBody> | object) {
    await (await post({ ...BODY, ...body })).text()
    return stub.requests.at(-1)?.usage
  }

  it('writes each prefix once, reads the longest, and charges the rest', async () => {
    expect(await usage({ system: [persona] })).toMatchObject({
      cache_creation_input_tokens: 100,
      cache_read_input_tokens: 0,
      input_tokens: 1,
    })
    expect(await usage({ system: [persona, memory] })).toMatchObject({
      cache_creation_input_tokens: 50,
      cache_read_input_tokens: 100,
      input_tokens: 1,
    })
    expect(await usage({ system: [{ ...persona, text: `x${persona.text}` }, memory] })).toMatchObject({
      cache_read_input_tokens: 0,
    })
  })

  it('moves the automatic breakpoint along with the conversation', async () => {
    const first = [user('a'.repeat(80))]
    const second = [...first, { role: 'assistant', content: 'b'.repeat(40) }, user('c'.repeat(40))]
    expect(await usage({ ...mark, messages: first })).toMatchObject({ cache_creation_input_tokens: 20 })
    expect(await usage({ ...mark, messages: second })).toMatchObject({
      cache_read_input_tokens: 20,
      cache_creation_input_tokens: 20,
      input_tokens: 0,
    })
  })

  it('caches nothing below the minimum, and tells 1h from 5m', async () => {
    expect(await usage({ ...mark, messages: [user('tiny')] })).toMatchObject({
      cache_creation_input_tokens: 0,
      input_tokens: 1,
    })
    const long = { ...persona, text: 'L'.repeat(400), cache_control: { type: 'ephemeral', ttl: '1h' } }
    expect(await usage({ system: [long, memory] })).toMatchObject({
      cache_creation: { ephemeral_1h_input_tokens: 100, ephemeral_5m_input_tokens: 50 },
    })
  })
})

describe('as a process of its own', () => {
  let child: ChildProcess | undefined
  afterEach(() => child?.kill())

  it('prints its address and shows its journal', async () => {
    const script = new URL('./serve.ts', import.meta.url).pathname
    child = spawn(process.execPath, [script, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer]
    const { url } = JSON.parse(String(line)) as { url: string }
    const reply = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: HEADERS,
      body: JSON.stringify(BODY),
    })
    expect(await reply.text()).toContain('message_stop')
    const { requests } = (await (await fetch(`${url}/__journal`)).json()) as { requests: unknown[] }
    expect(requests).toMatchObject([{ status: 200, abortedAt: null, body: BODY }])
  })
})
