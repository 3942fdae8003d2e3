import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { localHost } from '../../shell/local.ts'
import { tellDifferences } from '../differences.ts'
import { readKept, settingsBetween } from './kept.ts'
import { systemd } from './systemd.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'helix-kept-'))
  await mkdir(join(folder, 'releases'))
  await mkdir(join(folder, 'shared/env'), { recursive: true })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const place = () => ({ host: localHost(), folder, runner: systemd })

async function release(name: string, migrations: string[], manifest?: object): Promise<void> {
  const migrationsFolder = join(folder, 'releases', name, 'supabase/migrations')
  await mkdir(migrationsFolder, { recursive: true })
  for (const file of migrations) await writeFile(join(migrationsFolder, file), '')
  if (manifest)
    await writeFile(join(folder, 'releases', name, 'release.json'), JSON.stringify(manifest, null, 2))
}

async function settings(name: string, env: string, config = 'export default {}\n'): Promise<void> {
  await writeFile(join(folder, 'shared/env', `${name}.env`), env)
  await writeFile(join(folder, 'shared/env', `${name}.config.ts`), config)
}

test('a release says which schema it knows: in its manifest, else by the migrations that lie in it', async () => {
  await release('r2', ['20260101000000_one.sql', '20260202000000_two.sql'])
  await release('r1', [], { version: '1.0.0', commit: 'abc', databaseSchema: '20260101000000' })
  await mkdir(join(folder, 'releases/r3'))
  await mkdir(join(folder, 'releases/r4.part'))
  expect(await readKept(place())).toEqual([
    { release: 'r1', version: '1.0.0', commit: 'abc', schema: '20260101000000' },
    { release: 'r2', version: null, commit: null, schema: '20260202000000' },
    { release: 'r3', version: null, commit: null, schema: null },
  ])
})

test('settings that differ are named, and no value leaves the machine', async () => {
  await settings('r2', 'A="same"\nexport B=two\nC=only-now\nHELIX_METRICS_TOKEN=made-2\n# D=comment\n', 'new')
  await settings('r1', 'A="same"\nB=one$(touch /tmp/never)\nE=only-then\nHELIX_METRICS_TOKEN=made-1\n', 'old')
  const between = await settingsBetween(place(), 'r2', 'r1')
  expect(between).toEqual({ added: ['E'], removed: ['C'], changed: ['B'], config: true })
  expect(await settingsBetween(place(), 'r2', 'r2')).toEqual({
    ...{ added: [], removed: [], changed: [] },
    config: false,
  })
})

test('the differences are told in words, in the direction of the roll-back', () => {
  const from = { release: 'r2', version: '1.1.0', commit: 'b'.repeat(40), schema: '2' }
  const to = { release: 'r1', version: '1.0.0', commit: 'a'.repeat(40), schema: '2' }
  const between = { added: ['E'], removed: ['C'], changed: ['B'], config: true }
  expect(tellDifferences({ from, to, settings: between })).toEqual([
    'code: 1.1.0 → 1.0.0, commit bbbbbbb → aaaaaaa',
    'schema it knows: 2',
    'settings: B as it was then, E is set, C is not set, helix.config.ts as it was then',
  ])
})
