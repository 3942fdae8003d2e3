import { expect, test } from 'vitest'
import { readEnvText } from './env-text.ts'

const values = (text: string) => readEnvText(text).entries.map(({ name, value, line }) => [name, value, line])

test("reads the guide's example with the lines", () => {
  const text =
    '# .env.production\nSUPABASE_URL="https://p.supabase.co"\nKEY="eyJ..." # Keep this SECRET!\n\nPORT=3000 # x\n'
  expect(values(text)).toEqual([
    ['SUPABASE_URL', 'https://p.supabase.co', 2],
    ['KEY', 'eyJ...', 3],
    ['PORT', '3000', 5],
  ])
})

test('keeps a quoted value that runs over lines, and goes on counting', () => {
  expect(values('A="one\ntwo = 2\nthree"\nB=4')).toEqual([
    ['A', 'one\ntwo = 2\nthree', 1],
    ['B', '4', 4],
  ])
})

test('takes Windows line ends, a byte-order mark, `export` and a quote that is never closed', () => {
  expect(values('\uFEFFA=1\r\nexport B="2"\r\nC="3\r\nD=4')).toEqual([
    ['A', '1', 1],
    ['B', '2', 2],
    ['C', '"3', 3],
    ['D', '4', 4],
  ])
})

test('names lines that say nothing', () => {
  const { problems, entries } = readEnvText('A=1\nPORT: 3000\n1B=2\n  # fine\n')
  expect(problems.map(({ line }) => line)).toEqual([2, 3])
  expect(entries).toHaveLength(1)
})

test('of a name set twice the last counts, with a warning', () => {
  const { entries, warnings } = readEnvText('A=1\nA=2')
  expect(entries).toEqual([{ name: 'A', value: '2', line: 2 }])
  expect(warnings).toMatchObject([{ line: 2, message: 'A is set in line 1 already; this one counts' }])
})

test('warns of a password that ends at its #, without showing it', () => {
  const { entries, warnings } = readEnvText('DATABASE_URL=postgres://u:pa#ss@h/db\nB="a#b"\nC=d # e\nD=a b#c')
  expect(entries.map(({ value }) => value)).toEqual(['postgres://u:pa', 'a#b', 'd', 'a b'])
  expect(warnings.map(({ line }) => line)).toEqual([1, 4])
  expect(JSON.stringify(warnings)).not.toContain('pa#')
})
