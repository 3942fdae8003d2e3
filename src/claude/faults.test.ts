import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Fault } from '../../test/upstream/behaviour.ts'
import { ask, claudeAt, run, STUB_KEY } from '../../test/upstream/run.ts'
import { type StubClaude, startStubClaude } from '../../test/upstream/stub.ts'
import { HelixError } from '../errors.ts'
import { newMeter } from './claude.ts'

const SECRET = 'the prompt nobody may quote'
const QUICK = { timeouts: { firstByteMs: 250, idleMs: 250, quietMs: 600 } }
const fault = (name: Fault, times = '') => ask(`${SECRET} [[fault:${name}${times}]]`)

let stub: StubClaude
beforeAll(async () => {
  stub = await startStubClaude({ apiKey: STUB_KEY })
})
afterAll(() => stub.close())

describe('a reply that does not become complete', () => {
  it.each([
    ['clean-end', 'upstream_failed'],
    ['reset', 'upstream_failed'],
    ['bad-json', 'upstream_failed'],
    ['error-event', 'upstream_overloaded'],
    ['silence', 'upstream_timeout'],
    ['ping-flood', 'upstream_timeout'],
    ['huge-event', 'upstream_failed'],
  ] as const)('%s ends as %s, keeps its text and is not asked for again', async (name, code) => {
    const { error, events, text, seen, meter } = await run(stub, fault(name), QUICK)
    expect(error).toMatchObject({ code })
    expect(events.map(({ type }) => type)).not.toContain('end')
    expect(seen).toHaveLength(1)
    expect(seen[0]?.reply?.startsWith(text)).toBe(true)
    expect(text.length).toBeGreaterThan(0)
    expect(meter).toMatchObject({ final: false, requestId: seen[0]?.requestId })
    expect(meter.tokens.inputTokens).toBeGreaterThan(0)
  })

  it('an empty body is no reply', async () => {
    const { error, seen } = await run(stub, fault('empty-body'))
    expect(error).toMatchObject({ code: 'upstream_failed' })
    expect(seen).toHaveLength(1)
  })

  it('an answer that never begins ends in time and is not asked for again', async () => {
    const { error, seen, tookMs } = await run(stub, fault('hang'), QUICK)
    expect(error).toMatchObject({ code: 'upstream_timeout' })
    expect(seen).toHaveLength(1)
    expect(tookMs).toBeLessThan(800)
  })

  it("a slow reader's own time is not counted as Claude's silence", async () => {
    let text = ''
    const slow = claudeAt(stub, { timeouts: { firstByteMs: 100, idleMs: 100, quietMs: 150 } })
    for await (const event of slow.stream(ask('hi [[pace:20]]'), newMeter(), new AbortController().signal)) {
      if (event.type === 'delta') {
        text += event.text
        await new Promise((resolve) => setTimeout(resolve, 300))
      }
    }
    expect(text).toBe(stub.requests.at(-1)?.reply)
  })
})

describe('a call that is refused', () => {
  it.each([
    ['overloaded', 'upstream_overloaded'],
    ['server-error', 'upstream_failed'],
    ['upstream-timeout', 'upstream_timeout'],
    ['drop', 'upstream_failed'],
  ] as const)('%s is asked for again, at most as often as allowed', async (name, code) => {
    const { error, seen, events } = await run(stub, fault(name), { retry: { maxAttempts: 2 } })
    expect(error).toMatchObject({ code })
    expect(seen).toHaveLength(2)
    expect(events.map(({ type }) => type)).toEqual(['sent', 'retrying', 'sent'])
  })

  it('500 and then a reply is one reply', async () => {
    const { error, seen, text, events } = await run(stub, fault('server-error', '*1'))
    expect(error).toBeUndefined()
    expect(seen.map(({ status }) => status)).toEqual([500, 200])
    expect(text).toBe(seen[1]?.reply)
    expect(events.slice(0, 3)).toMatchObject([
      { type: 'sent', attempt: 1 },
      { type: 'retrying', attempt: 2 },
      { type: 'sent', attempt: 2 },
    ])
  })

  it('waits as long as Claude asks, within the budget', async () => {
    const { error, seen } = await run(stub, fault('rate-limited-briefly', '*1'))
    expect(error).toBeUndefined()
    expect((seen[1]?.at ?? 0) - (seen[0]?.at ?? 0)).toBeGreaterThanOrEqual(990)
  })

  it('fails at once when Claude asks for an hour, and says so', async () => {
    const { error, seen, tookMs } = await run(stub, fault('rate-limited'))
    expect(error).toMatchObject({
      code: 'upstream_overloaded',
      hint: expect.stringContaining('3600 s'),
      details: { retryAfterMs: 3_600_000, status: 429 },
    })
    expect(seen).toHaveLength(1)
    expect(tookMs).toBeLessThan(500)
  })

  it.each([
    ['bad-key', /CLAUDE_API_KEY/],
    ['no-credit', /balance/],
    ['bad-request', /request id/],
    ['too-large', /new conversation/],
    ['server-error-final', /again/],
  ] as const)('%s is final, with a hint of its own', async (name, hint) => {
    const { error, seen } = await run(stub, fault(name))
    expect(error).toMatchObject({ code: 'upstream_failed', hint: expect.stringMatching(hint) })
    expect(seen).toHaveLength(1)
  })

  it('a refused connection is tried again within the budget', async () => {
    const away = await startStubClaude()
    await away.refuse()
    const coming = run(away, ask('hi'))
    await new Promise((resolve) => setTimeout(resolve, 250))
    await away.listen()
    const { error, text } = await coming
    expect(error).toBeUndefined()
    expect(text).toBe(away.requests[0]?.reply)
    await away.close()
  })

  it('an unreachable server is named as such', async () => {
    const { error } = await run(stub, ask('hi'), { baseUrl: 'http://127.0.0.1:1', retry: { maxAttempts: 1 } })
    expect(error).toMatchObject({ code: 'upstream_failed', details: { reason: 'ECONNREFUSED' } })
  })
})

it('no failure shows the key, the prompt or what Claude said', async () => {
  const names = [
    'overloaded',
    'bad-request',
    'bad-key',
    'bad-json',
    'reset',
    'error-event',
    'clean-end',
  ] as const
  for (const name of names) {
    const { error } = await run(stub, fault(name), { retry: { maxAttempts: 1 } })
    expect(error).toBeInstanceOf(HelixError)
    const shown = inspect(error, { depth: 10, showHidden: true })
    for (const secret of [STUB_KEY, SECRET, 'content_bl', 'refused:']) expect(shown).not.toContain(secret)
  }
})
