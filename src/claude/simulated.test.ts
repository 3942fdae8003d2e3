import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../../test/upstream/run.ts'
import { createClaude } from './anthropic.ts'
import { type ClaudeRequest, newMeter } from './claude.ts'
import { type SimulatedClaude, startSimulatedClaude } from './simulated.ts'

let simulated: SimulatedClaude
beforeAll(async () => {
  simulated = await startSimulatedClaude()
})
afterAll(() => simulated.close())

async function reply(request: ClaudeRequest) {
  const claude = createClaude({ apiKey: simulated.apiKey, baseUrl: simulated.url, simulated: true })
  const meter = newMeter()
  const deltas: string[] = []
  let stopReason: string | undefined
  for await (const event of claude.stream(request, meter, new AbortController().signal)) {
    if (event.type === 'delta') deltas.push(event.text)
    if (event.type === 'end') stopReason = event.stopReason
  }
  return { text: deltas.join(''), deltas, meter, stopReason, claude }
}

describe('a simulated Claude', () => {
  it('says that it is simulated, repeats what was said, and streams it in pieces', async () => {
    const { text, deltas, meter, stopReason, claude } = await reply(ask('How do I bake bread?'))
    expect(claude.simulated).toBe(true)
    expect(text).toContain('simulated')
    expect(text).toContain('“How do I bake bread?”')
    expect(deltas.length).toBeGreaterThan(3)
    expect(stopReason).toBe('end_turn')
    expect(meter.final).toBe(true)
    expect(meter.tokens.outputTokens).toBeGreaterThan(0)
  })

  it('answers the same to the same', async () => {
    const [first, second] = await Promise.all([reply(ask('twice')), reply(ask('twice'))])
    expect(first.text).toBe(second.text)
  })

  it('keeps characters whole', async () => {
    const wish = '👩🏽‍🚀'.repeat(15)
    const { text, deltas } = await reply(ask(wish))
    expect(text).toContain(wish)
    expect(deltas.every((delta) => delta.isWellFormed())).toBe(true)
  })

  it('counts the turns of a conversation', async () => {
    const turn = (role: 'user' | 'assistant', text: string) => ({ role, blocks: [{ text }] })
    const turns = [turn('user', 'one'), turn('assistant', 'I see'), turn('user', 'two')]
    expect((await reply(ask('', { turns }))).text).toContain('your message 2 of this conversation')
  })

  it('makes a title and a summary of the person’s own words', async () => {
    const title = ask('How do I bake bread at home without an oven?', {
      system: [{ text: 'Write a short title for this conversation. Reply with the title only.' }],
    })
    expect((await reply(title)).text).toBe('How do I bake bread at')
    const summary = ask('I moved to Lyon.', { system: [{ text: 'Summarise the conversation so far.' }] })
    expect((await reply(summary)).text).toContain('“I moved to Lyon.”')
  })
})
