import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { releaseSettings } from './settings.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'helix-settings-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function tokenIn(text: string): Promise<string | undefined> {
  await writeFile(join(root, '.env.production'), text)
  const { env } = await releaseSettings({ root, env: 'production', configFile: undefined })
  return parseEnv(env.reveal()).HELIX_METRICS_TOKEN
}

test.each([
  '',
  'HELIX_METRICS_TOKEN=',
  'HELIX_METRICS_TOKEN=""',
  "export HELIX_METRICS_TOKEN=''",
  'HELIX_METRICS_TOKEN= # none',
])('a release whose settings say "%s" of a token for its metrics has one made', async (line) => {
  expect(await tokenIn(`${line}\nOTHER=1\n`)).toMatch(/^[\w-]{32}$/)
})

test.each(['HELIX_METRICS_TOKEN=abc', 'export HELIX_METRICS_TOKEN = "abc"'])(
  'the one in %s stays',
  async (line) => {
    expect(await tokenIn(`${line}\nOTHER=1\n`)).toBe('abc')
  },
)
