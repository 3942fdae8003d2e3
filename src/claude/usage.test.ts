import { expect, it } from 'vitest'
import { newMeter } from './claude.ts'
import { recordUsage } from './usage.ts'

const START = {
  input_tokens: 7,
  cache_creation_input_tokens: 30,
  cache_read_input_tokens: 100,
  cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
  output_tokens: 1,
}

function counted(...usages: unknown[]) {
  const { tokens } = newMeter()
  for (const usage of usages) recordUsage(tokens, usage)
  return tokens
}

it('overwrites, never adds', () => {
  expect(counted(START, START, { output_tokens: 5 }, { output_tokens: 9 })).toEqual({
    inputTokens: 7,
    cacheCreation5mInputTokens: 10,
    cacheCreation1hInputTokens: 20,
    cacheReadInputTokens: 100,
    outputTokens: 9,
  })
})

it('keeps the split when only the sum of the cache writes is repeated', () => {
  expect(counted(START, { cache_creation_input_tokens: 35 })).toMatchObject({
    cacheCreation5mInputTokens: 15,
    cacheCreation1hInputTokens: 20,
  })
})

it('takes a sum without any split as 5-minute writes', () => {
  expect(counted({ cache_creation_input_tokens: 35 })).toMatchObject({
    cacheCreation5mInputTokens: 35,
    cacheCreation1hInputTokens: 0,
  })
})

it.each([null, undefined, 'none', [], { input_tokens: null }, { input_tokens: -1 }, { input_tokens: '8' }])(
  'leaves what is known when Claude sends %j',
  (usage) => {
    expect(counted(START, usage)).toEqual(counted(START))
  },
)
