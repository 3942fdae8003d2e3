import { getEventListeners } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Fault } from '../../test/upstream/behaviour.ts'
import { ask, claudeAt, run, STUB_KEY } from '../../test/upstream/run.ts'
import { type StubClaude, startStubClaude } from '../../test/upstream/stub.ts'
import { newMeter } from './claude.ts'

const fault = (name: Fault) => ask(`[[fault:${name}]]`)

let stub: StubClaude
beforeAll(async () => {
  stub = await startStubClaude({ apiKey: STUB_KEY })
  // The first call loads the SDK, which takes longer than these tests wait before they stop.
  await run(stub, ask('hi'))
})
afterAll(() => stub.close())

describe('stopping', () => {
  it.each(['silence', 'ping-flood', 'hang'] as const)(
    'reaches the upstream within a second (%s)',
    async (name) => {
      const control = new AbortController()
      setTimeout(() => control.abort(), 150)
      const startedAt = Date.now()
      const { error, seen } = await run(stub, fault(name), { signal: control.signal })
      expect(error).toMatchObject({ code: 'stopped' })
      await expect.poll(() => seen[0]?.abortedAt, { timeout: 1_000 }).toBeTypeOf('number')
      expect((seen[0]?.abortedAt ?? Infinity) - startedAt).toBeLessThan(1_150)
    },
  )

  it('sends nothing when it is stopped already', async () => {
    const { error, seen } = await run(stub, ask('hi'), { signal: AbortSignal.abort() })
    expect(error).toMatchObject({ code: 'stopped' })
    expect(seen).toHaveLength(0)
  })

  it('cuts the wait before another attempt short', async () => {
    const control = new AbortController()
    setTimeout(() => control.abort(), 100)
    const { error, seen, tookMs } = await run(stub, fault('overloaded'), { signal: control.signal })
    expect(error).toMatchObject({ code: 'stopped' })
    expect(seen).toHaveLength(1)
    expect(tookMs).toBeLessThan(500)
  })

  it.each(['sent', 'delta'])('a reader that leaves at %s cancels upstream', async (leaveAt) => {
    const from = stub.requests.length
    for await (const event of claudeAt(stub).stream(
      ask('hi [[pace:50]]'),
      newMeter(),
      new AbortController().signal,
    )) {
      if (event.type === leaveAt) break
    }
    await expect
      .poll(() => stub.requests.slice(from).every(({ abortedAt }) => abortedAt !== null), { timeout: 1_000 })
      .toBe(true)
  })

  it('leaves no listener on a signal that lives long', async () => {
    const { signal } = new AbortController()
    await run(stub, ask('hi'), { signal })
    await run(stub, fault('clean-end'), { signal })
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})
