import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, claudeAt, run, STUB_KEY } from '../../test/upstream/run.ts'
import { type StubClaude, startStubClaude } from '../../test/upstream/stub.ts'
import { newMeter } from './claude.ts'

let stub: StubClaude
beforeAll(async () => {
  stub = await startStubClaude({ apiKey: STUB_KEY })
})
afterAll(() => stub.close())

describe('a good reply', () => {
  it('streams sent, the text and one end', async () => {
    const { events, text, seen, error } = await run(stub, ask('hello [[pace:2]]'))
    expect(error).toBeUndefined()
    expect(events[0]).toEqual({ type: 'sent', attempt: 1 })
    expect(events.filter(({ type }) => type === 'delta').length).toBeGreaterThan(3)
    expect(events.at(-1)).toEqual({ type: 'end', stopReason: 'end_turn', requestId: seen[0]?.requestId })
    expect(text).toBe(seen[0]?.reply)
  })

  it('counts exactly what Claude counted, cache writes and reads in their own kinds', async () => {
    const cached = { text: 'persona '.repeat(1000), cache: true }
    const request = ask('first', { system: [cached] })
    const first = await run(stub, request)
    const tokensOfPersona = Math.ceil(cached.text.length / 4)
    expect(first.meter.final).toBe(true)
    expect(first.meter.tokens).toEqual({
      inputTokens: 0,
      cacheCreation5mInputTokens: tokensOfPersona + 2,
      cacheCreation1hInputTokens: 0,
      cacheReadInputTokens: 0,
      outputTokens: first.seen[0]?.usage?.output_tokens,
    })
    const second = await run(stub, request)
    expect(second.meter.tokens.cacheReadInputTokens).toBe(tokensOfPersona + 2)
    expect(second.meter.tokens.cacheCreation5mInputTokens).toBe(0)
  })

  it.each(['refusal', 'tool_use', 'model_context_window_exceeded', 'pause_turn', 'something_new'])(
    'passes the stop reason %s on',
    async (reason) => {
      const { events } = await run(stub, ask(`hi [[stop:${reason}]]`))
      expect(events.at(-1)).toMatchObject({ type: 'end', stopReason: reason })
    },
  )

  it('stops at max_tokens and says so', async () => {
    const { events, meter } = await run(stub, ask('hi [[words:50]]', { maxTokens: 5 }))
    expect(events.at(-1)).toMatchObject({ stopReason: 'max_tokens' })
    expect(meter.tokens.outputTokens).toBe(5)
  })

  it.each(['utf8-split', 'slow-drip', 'unknown-events'] as const)('survives %s', async (name) => {
    const { text, seen, meter, events } = await run(stub, ask(`hi [[fault:${name}]]`))
    expect(text).toBe(seen[0]?.reply)
    expect(text).toContain('Réponse ✓')
    expect(meter.tokens.outputTokens).toBe(seen[0]?.usage?.output_tokens)
    expect(events.at(-1)).toMatchObject({ type: 'end', stopReason: 'end_turn' })
  })

  it('never splits a character over two deltas', async () => {
    const smiling = await startStubClaude({ defaults: { reply: 'Ah 😀👩🏽‍🚀 oh', fault: 'surrogate-split' } })
    const { events, text } = await run(smiling, ask('hi'))
    await smiling.close()
    expect(text).toBe('Ah 😀👩🏽‍🚀 oh')
    for (const event of events) if (event.type === 'delta') expect(event.text.isWellFormed()).toBe(true)
  })

  it('replaces what no database can store', async () => {
    const odd = await startStubClaude({ defaults: { reply: 'a\0b \ud800 c' } })
    const { text } = await run(odd, ask('hi'))
    await odd.close()
    expect(text).toBe('a\uFFFDb \uFFFD c')
  })

  it('keeps its connections for the calls that follow', async () => {
    const steady = claudeAt(stub)
    const from = stub.requests.length
    for (let call = 0; call < 6; call += 1) {
      for await (const _ of steady.stream(ask('again'), newMeter(), new AbortController().signal));
    }
    const ports = new Set(stub.requests.slice(from).map(({ clientPort }) => clientPort))
    expect(stub.requests.length - from).toBe(6)
    // Two, since a call may start while the connection of the one before it is just being given back.
    expect(ports.size).toBeLessThanOrEqual(2)
  })

  it('does not wait for a connection that never closes', async () => {
    const { error, tookMs, events } = await run(stub, ask('[[fault:no-close]]'))
    expect(error).toBeUndefined()
    expect(events.at(-1)).toMatchObject({ type: 'end' })
    expect(tookMs).toBeLessThan(900)
  })
})

describe('what is sent', () => {
  it('follows the 2026-10-21 rules: version, bearer, no sampling parameters', async () => {
    const { seen } = await run(stub, ask('hi', { endUser: 'person-1' }))
    expect(seen[0]).toMatchObject({
      status: 200,
      headers: { 'anthropic-version': '2026-10-21', authorization: `Bearer ${STUB_KEY}` },
      body: { metadata: { user_id: 'person-1' }, stream: true },
    })
    expect(Object.keys(seen[0]?.body as object)).not.toContain('temperature')
  })

  it('marks blocks for the cache, and the moving end of a prompt that marks any', async () => {
    const { seen } = await run(stub, ask('hi', { system: [{ text: 'a', cache: true }, { text: 'b' }] }))
    expect(seen[0]?.body).toMatchObject({
      cache_control: { type: 'ephemeral' },
      system: [{ cache_control: { type: 'ephemeral' } }, { text: 'b' }],
    })
    const { seen: plain } = await run(stub, ask('hi'))
    expect(plain[0]?.body).not.toHaveProperty('cache_control')
  })

  it('refuses a fifth breakpoint before anything is sent', async () => {
    const block = { text: 'a', cache: true }
    const { error, seen } = await run(stub, ask('hi', { system: [block, block, block, block] }))
    expect(error).toMatchObject({ code: 'internal' })
    expect(seen).toHaveLength(0)
  })
})
