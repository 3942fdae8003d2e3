import { describe, expect, it } from 'vitest'
import { newMeter } from '../../claude/claude.ts'
import { settleUsage, toUsage } from './usage.ts'

const known = {
  model: 'claude-sonnet-5-5',
  at: new Date('2026-11-23'),
  promptCharacters: 400,
  replyCharacters: 80,
}

describe('settled usage', () => {
  it("is Claude's own count when it came", () => {
    const meter = { ...newMeter(), final: true, requestId: 'req_1' }
    meter.tokens = { ...meter.tokens, inputTokens: 7, cacheReadInputTokens: 100, outputTokens: 5 }
    const settled = settleUsage({ ...known, meter, worked: true })
    expect(settled).toMatchObject({ tokens: meter.tokens, estimated: false, requestId: 'req_1' })
    expect(settled.costNanoUsd).toBe(7 * 2_000 + 100 * 100 + 5 * 10_000)
  })

  it('is estimated, and says so, when a reply was cut off', () => {
    const settled = settleUsage({ ...known, meter: newMeter(), worked: true })
    expect(settled.tokens).toMatchObject({ inputTokens: 100, outputTokens: 20 })
    expect(toUsage(settled, false, 2.5)).toMatchObject({ estimated: true, overheadMs: 2.5 })
  })

  it('keeps what was counted of the prompt when only the end is missing', () => {
    const meter = newMeter()
    meter.tokens = { ...meter.tokens, inputTokens: 3, cacheReadInputTokens: 500, outputTokens: 1 }
    expect(settleUsage({ ...known, meter, worked: true }).tokens).toMatchObject({
      inputTokens: 3,
      cacheReadInputTokens: 500,
      outputTokens: 20,
    })
  })

  it('is nothing when Claude refused, and unknown when the price is', () => {
    expect(settleUsage({ ...known, meter: newMeter(), worked: false })).toMatchObject({
      costNanoUsd: 0,
      estimated: false,
    })
    expect(
      settleUsage({ ...known, model: 'claude-unheard-of', meter: newMeter(), worked: true }).costNanoUsd,
    ).toBeNull()
  })
})
