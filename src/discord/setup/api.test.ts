import { expect, test } from 'vitest'
import { z } from 'zod'
import { Secret } from '../../config/secret.ts'
import { type Call, createDiscordApi } from './api.ts'

const TOKEN = 'a-token-nobody-may-see'
const PATH = `/webhooks/123/${TOKEN}`
const shape = z.object({ id: z.string() })
const good = () => Response.json({ id: '1' })
const refused = (headers: Record<string, string> = {}) =>
  Response.json({ message: 'You are being rate limited.' }, { status: 429, headers })

/** Asks once; each answer serves one request, the last one all that follow. */
async function ask(call: Omit<Call, 'path'>, ...answers: (() => Response | Promise<Response>)[]) {
  const sent: RequestInit[] = []
  const api = createDiscordApi({
    api: 'http://127.0.0.1:1/api',
    botToken: new Secret(TOKEN),
    signal: new AbortController().signal,
    fetch: async (_url, init = {}) => {
      const answer = answers[Math.min(sent.length, answers.length - 1)]
      sent.push(init)
      return answer?.() ?? good()
    },
  })
  return { answer: await api.ask({ path: PATH, ...call }, shape), sent }
}

const cut = () => Promise.reject(new TypeError(`fetch failed: http://127.0.0.1:1/api${PATH}`))

test('a refusal for being too fast is waited for and asked again, also where it makes a thing', async () => {
  const before = Date.now()
  const slow = () => refused({ 'retry-after': '0.2', 'x-ratelimit-bucket': 'b' })
  const { answer, sent } = await ask({ method: 'POST' }, slow, good)
  expect(answer).toEqual({ ok: true, value: { id: '1' } })
  expect(sent).toHaveLength(2)
  expect(Date.now() - before).toBeGreaterThanOrEqual(190)
})

test('who is shut out for long does not knock again', async () => {
  const { answer, sent } = await ask({}, () => refused({ 'retry-after': '600' }))
  expect(answer).toMatchObject({ ok: false, status: 429, message: expect.stringContaining('for 600 s') })
  expect(sent).toHaveLength(1)
})

test('what made a thing, perhaps, is not asked again; what only looks is', async () => {
  const broken = () => new Response('<html>', { status: 502 })
  expect((await ask({ method: 'POST' }, broken, good)).sent).toHaveLength(1)
  expect((await ask({ method: 'POST' }, cut, good)).answer).toMatchObject({ ok: false, status: 0 })
  expect((await ask({}, broken, cut, good)).answer).toMatchObject({ ok: true })
})

test('no refusal holds an address or a token, and no redirection is followed', async () => {
  const { answer, sent } = await ask({ method: 'POST' }, cut)
  expect(JSON.stringify(answer)).not.toContain(TOKEN)
  expect(sent[0]).toMatchObject({ redirect: 'error', headers: { authorization: `Bot ${TOKEN}` } })
  const hook = `https://discord.com/api/webhooks/123456789012345678/${'x'.repeat(68)}`
  const told = await ask({}, () => Response.json({ code: 5, message: `no ${hook}` }, { status: 400 }))
  expect(told.answer).toMatchObject({ status: 400, code: 5 })
  expect(JSON.stringify(told.answer)).not.toContain('xxx')
})

test('what the address alone permits is asked without the bot', async () => {
  expect((await ask({ anonymous: true }, good)).sent[0]?.headers).not.toHaveProperty('authorization')
})

test.each([
  ['of another form', () => Response.json({ id: 1 })],
  ['that is no JSON', () => new Response('hello')],
  ['without an end', () => new Response('"'.padEnd(9 * 1_024 * 1_024))],
])('an answer %s is none', async (_name, answer) => {
  expect((await ask({}, answer)).answer).toMatchObject({
    ok: false,
    message: expect.stringContaining('form unknown'),
  })
})
