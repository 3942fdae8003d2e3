import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { makeScratch, sweepScratch } from './scratch.ts'

function dataDir(...folders: string[]): string {
  const path = mkdtempSync(join(tmpdir(), 'helix-scratch-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  for (const name of folders) {
    mkdirSync(join(path, name))
    writeFileSync(join(path, name, 'rows'), 'plain')
  }
  return path
}

const dead = spawnSync(process.execPath, ['-e', '']).pid

it('removes what killed processes left, and leaves what living ones work with and what is no scratch', async () => {
  const kept = [`drill-${process.ppid}-abcdef`, `drill-${process.pid}-abcdef`, 'drill-notes', 'db']
  const path = dataDir(...kept, `drill-${dead}-abcdef`, `backup-spool-${dead}-abcdef`)
  await sweepScratch(path)
  expect(readdirSync(path).toSorted()).toEqual(kept.toSorted())
})

it('removes what another process of the same number left before this one began', async () => {
  const path = dataDir(`drill-${process.pid}-abcdef`)
  utimesSync(join(path, `drill-${process.pid}-abcdef`), 1, 1)
  const { folder, remove } = await makeScratch(path, 'drill')
  expect(readdirSync(path).map((name) => join(path, name))).toEqual([folder])
  await remove()
  expect(readdirSync(path)).toEqual([])
})

it('goes with a process that ends at once, with what is in it', () => {
  const path = dataDir()
  const script = `
    import { writeFileSync } from 'node:fs'
    import { makeScratch } from ${JSON.stringify(new URL('./scratch.ts', import.meta.url).href)}
    const { folder } = await makeScratch(${JSON.stringify(path)}, 'drill')
    writeFileSync(folder + '/rows', 'plain')
    process.exit(130)`
  const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', script])
  expect([status, readdirSync(path)]).toEqual([130, []])
})

it('has nothing to remove where there is no data directory yet', async () => {
  await sweepScratch(join(dataDir(), 'nowhere'))
})
