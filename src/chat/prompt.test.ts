import { describe, expect, it } from 'vitest'
import { buildPrompt, type HistoryLine, promptCharacters } from './prompt.ts'

const at = '2026-11-23T08:00:30.000Z'
const user = (content: string): HistoryLine => ({ role: 'user', content, createdAt: at })
const helix = (content: string): HistoryLine => ({ role: 'assistant', content, createdAt: at })
const parts = { persona: 'You are Helix.', memoryBlock: null, summary: null }

describe('a prompt', () => {
  it('grows only at its end, so that all before stays byte-identical', () => {
    const history = [user('one'), helix('two'), user('three'), helix('four'), user('five')]
    const prompts = [1, 3, 5].map((length) => buildPrompt({ ...parts, history: history.slice(0, length) }))
    for (const [place, prompt] of prompts.slice(1).entries()) {
      const shorter = prompts[place]?.turns ?? []
      expect(JSON.stringify(prompt.turns.slice(0, shorter.length))).toBe(JSON.stringify(shorter))
      expect(prompt.system).toEqual(prompts[0]?.system)
    }
  })

  it('gives persona, memory and summary a cache breakpoint each, and keeps time out of them', () => {
    const { system, turns } = buildPrompt({
      ...parts,
      memoryBlock: 'Likes tea.',
      summary: 'They met.',
      history: [user('hi')],
    })
    expect(system.map(({ cache }) => cache)).toEqual([true, true, true])
    expect(JSON.stringify(system)).not.toContain('2026')
    expect(turns[0]?.blocks).toEqual([{ text: '<sent at="2026-11-23T08:00Z"/>' }, { text: 'hi' }])
  })

  it('lets roles alternate whatever was stored: failed replies leave no trace, neighbours share a turn', () => {
    const { turns } = buildPrompt({
      ...parts,
      history: [helix('before Helix'), user('one'), helix(''), user('two'), helix('ok')],
    })
    expect(turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant'])
    expect(turns[2]?.blocks.map(({ text }) => text).filter((text) => !text.startsWith('<sent'))).toEqual([
      'one',
      'two',
    ])
  })

  it('counts every character it sends', () => {
    expect(
      promptCharacters({ system: [{ text: 'abc' }], turns: [{ role: 'user', blocks: [{ text: 'de' }] }] }),
    ).toBe(5)
  })
})
