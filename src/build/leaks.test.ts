import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { tempFiles } from '../../test/support/engines.ts'
import { findLeaks, refuseLeaks } from './leaks.ts'
import { secretValues } from './secret-values.ts'
import { listTree } from './tree.ts'

// Made up here, so that the repository holds nothing that looks like one.
const key = ['sk', 'ant', 'api03', 'x'.repeat(40)].join('-')
const value = ['correct', 'horse', 'battery', 'staple'].join('-')

async function leaksIn(files: Record<string, string>, values = new Map<string, string>()) {
  const folder = tempFiles({})
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return findLeaks(await listTree(folder), values)
}

it('finds a key in a text of ours, and says where without repeating it', async () => {
  const leaks = await leaksIn({ 'dist/src/a.js': `one\ntwo\nconst key = '${key}'\n` })
  expect(leaks).toEqual([{ path: 'dist/src/a.js', line: 3, what: 'anthropic_key' }])
  expect(() => refuseLeaks(leaks)).toThrow(
    expect.objectContaining({
      code: 'findings',
      message: expect.stringContaining('dist/src/a.js:3: anthropic_key'),
    }),
  )
  expect(JSON.stringify(leaks)).not.toContain(key)
})

it('finds the values that are secrets here anywhere, also in others’ packages and in pictures', async () => {
  const values = new Map([['DATABASE_URL in .env.production', value]])
  const leaks = await leaksIn(
    { 'node_modules/x/index.js': `"${value}"`, 'web/icon.png': `\0\0${value}`, 'docs/a.md': 'nothing' },
    values,
  )
  expect(leaks.map(({ path, what }) => [path, what])).toEqual([
    ['node_modules/x/index.js', 'the value of DATABASE_URL in .env.production'],
    ['web/icon.png', 'the value of DATABASE_URL in .env.production'],
  ])
})

it('finds files that hold secrets by what they are', async () => {
  const leaks = await leaksIn({
    '.env.production': '',
    'data/keys.json': '',
    '.env.example': '',
    'tls/a.pem': '',
  })
  expect(leaks.map(({ path }) => path)).toEqual(['.env.production', 'data/keys.json', 'tls/a.pem'])
})

it('leaves alone what only looks like one, and examples in packages of others', async () => {
  const text = `password = readPassword()\nconst token = tokens.get(id)\n// sk-ant-… is a key\n`
  expect(await leaksIn({ 'dist/a.js': text, 'node_modules/sdk/README.md': key })).toEqual([])
})

it('knows every secret of the env files and of the environment, and nothing that is public', async () => {
  const root = tempFiles({
    '.env.production': `DATABASE_URL="${value}"\nSUPABASE_URL=https://project.supabase.co\n`,
    '.env.example': 'CLAUDE_API_KEY=sk-ant-...\n',
  })
  mkdirSync(join(root, 'web'))
  writeFileSync(join(root, 'web/.env.production'), 'DATABASE_URL=postgres://another\n')
  const values = await secretValues(root, { CLAUDE_API_KEY: key, HOME: '/root' })
  expect([...values]).toEqual([
    ['DATABASE_URL in .env.production', value],
    ['DATABASE_URL in web/.env.production', 'postgres://another'],
    ['CLAUDE_API_KEY', key],
  ])
})
