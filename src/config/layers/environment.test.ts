import { expect, test } from 'vitest'
import { newReport } from '../problems.ts'
import { cleaned, environmentLayer } from './environment.ts'

test.each([
  ['"eyJhbGc" # Keep this SECRET!', 'eyJhbGc'],
  ["'single'", 'single'],
  ['"with # inside"', 'with # inside'],
  ['"" # empty', ''],
  ['# only a comment', ''],
  ['plain # comment', 'plain'],
  ['plain   #comment', 'plain'],
  ['  spaces around\n', 'spaces around'],
  ['pass#word', 'pass#word'],
  ['#hash-first', '#hash-first'],
  ['"unmatched', '"unmatched'],
  ['say "yes"', 'say "yes"'],
  ['"a"b"', 'a"b'],
])('%j is cleaned to %j', (raw, value) => {
  expect(cleaned(raw)).toBe(value)
})

test('says what it cleaned, without the value', () => {
  const report = newReport()
  const layer = environmentLayer({ CLAUDE_API_KEY: '"sk-ant-hidden" # mine', PORT: '80' }, report)
  expect(layer.get('claude.apiKey')?.value).toBe('sk-ant-hidden')
  expect(report.notices.map(({ level, source }) => [level, source])).toEqual([
    ['notice', 'CLAUDE_API_KEY in the environment'],
  ])
  expect(JSON.stringify(report)).not.toContain('hidden')
})

test('an unknown HELIX_ name is a problem, any other name is not ours', () => {
  const report = newReport()
  environmentLayer({ HELIX_DATADIR: 'secret-value', PATH: '/bin', HELICOPTER: '1' }, report)
  expect(report.problems).toEqual([
    {
      source: 'HELIX_DATADIR in the environment',
      message: 'Helix knows no HELIX_DATADIR',
      fix: 'Did you mean HELIX_DATA_DIR? Rename it, or remove it.',
    },
  ])
})

test('the first name counts before its aliases, and an alias that says otherwise is reported', () => {
  const report = newReport()
  const layer = environmentLayer({ ANTHROPIC_API_KEY: 'b', CLAUDE_API_KEY: 'a' }, report)
  expect(layer.get('claude.apiKey')).toMatchObject({ name: 'CLAUDE_API_KEY', value: 'a' })
  expect(report.notices).toMatchObject([{ level: 'warning', source: 'ANTHROPIC_API_KEY in the environment' }])
})

test('an alias alone, and one beside an empty name, counts', () => {
  const layer = environmentLayer({ ANTHROPIC_API_KEY: 'b', CLAUDE_API_KEY: '' }, newReport())
  expect(layer.get('claude.apiKey')?.value).toBe('b')
})
