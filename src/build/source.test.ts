import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tempFiles } from '../../test/support/engines.ts'
import { runProgram } from '../programs.ts'
import { readSource, schemaVersion } from './source.ts'
import { plainEnvironment } from './surroundings.ts'

const environment = { PATH: process.env.PATH, HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' }
const AUTHOR = ['-c', 'user.name=a', '-c', 'user.email=a@example.com']

function checkout(): string {
  const root = tempFiles({ 'package.json': '{"name":"helix","version":"1.2.3"}' })
  const git = (...args: string[]) => execFileSync('git', [...AUTHOR, ...args], { cwd: root })
  git('init', '-q')
  git('add', '.')
  git('commit', '-qm', 'one', '--date', '2026-11-25T12:00:00Z')
  return root
}

it('names a release after its version and commit', async () => {
  const root = checkout()
  const source = await readSource(root, { allowDirty: false, environment, run: runProgram })
  expect(source.release).toBe(`1.2.3+${source.commit.slice(0, 7)}`)
  expect(source).toMatchObject({ version: '1.2.3', dirty: false })
})

it('refuses what is not committed, naming it, unless it is allowed, and then says so in the name', async () => {
  const root = checkout()
  writeFileSync(join(root, 'new.txt'), '')
  await expect(readSource(root, { allowDirty: false, environment, run: runProgram })).rejects.toMatchObject({
    code: 'precondition_failed',
    exit: 3,
    message: 'Not everything is committed: new.txt',
    hint: expect.stringContaining('--allow-dirty'),
  })
  const source = await readSource(root, { allowDirty: true, environment, run: runProgram })
  expect(source.release).toMatch(/^1\.2\.3\+[0-9a-f]{7}\.dirty$/)
})

it('refuses a folder that is no checkout', async () => {
  const root = tempFiles({ 'package.json': '{"name":"helix","version":"1.2.3"}' })
  await expect(readSource(root, { allowDirty: true, environment, run: runProgram })).rejects.toMatchObject({
    code: 'precondition_failed',
  })
})

it('knows the newest migration', () => {
  const root = tempFiles({})
  mkdirSync(join(root, 'supabase/migrations'), { recursive: true })
  for (const name of ['20260101000000_a.sql', '20260301000000_c.sql', '20260201000000_b.sql', 'README.md']) {
    writeFileSync(join(root, 'supabase/migrations', name), '')
  }
  expect(schemaVersion(root)).toBe('20260301000000')
})

it('lets a build see no secret of its surroundings', () => {
  const seen = plainEnvironment(
    { PATH: '/bin', HOME: '/root', CLAUDE_API_KEY: 'x', DATABASE_URL: 'y', npm_config_registry: 'https://r' },
    new Date('2026-11-25T12:00:00Z'),
  )
  expect(Object.keys(seen).toSorted()).toEqual(
    ['HOME', 'LC_ALL', 'PATH', 'SOURCE_DATE_EPOCH', 'TZ', 'npm_config_registry'].toSorted(),
  )
})
