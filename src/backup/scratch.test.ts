import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { pidNamespace } from './pid-namespace.ts'
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
const here = pidNamespace()
const ELSEWHERE = '00000000'
const HOUR_MS = 3_600_000

/** Has a folder be one of which nothing was heard for so long. */
function silent(path: string, ms: number): void {
  const at = new Date(Date.now() - ms)
  utimesSync(path, at, at)
}

it('removes what killed processes left, and leaves what living ones work with and what is no scratch', async () => {
  const kept = [
    `drill-${process.ppid}-${here}-abcdef`,
    `drill-${process.pid}-${here}-abcdef`,
    'drill-notes',
    'db',
  ]
  const path = dataDir(...kept, `drill-${dead}-${here}-abcdef`, `backup-spool-${dead}-${here}-abcdef`)
  for (const name of kept.slice(2)) silent(join(path, name), 100 * HOUR_MS)
  await sweepScratch(path)
  expect(readdirSync(path).toSorted()).toEqual(kept.toSorted())
})

it('removes what another process of the same number left before this one began', async () => {
  const path = dataDir(`drill-${process.pid}-${here}-abcdef`)
  silent(join(path, `drill-${process.pid}-${here}-abcdef`), HOUR_MS)
  const { folder, remove } = await makeScratch(path, 'drill')
  expect(readdirSync(path).map((name) => join(path, name))).toEqual([folder])
  await remove()
  expect(readdirSync(path)).toEqual([])
})

it('leaves what a process of another container works with, whatever its number means here', async () => {
  const alive = [
    `drill-${dead}-${ELSEWHERE}-abcdef`,
    `drill-${process.pid}-${ELSEWHERE}-abcdef`,
    `drill-${dead}-abcdef`,
  ]
  const gone = [`backup-spool-${dead}-${ELSEWHERE}-fedcba`, `drill-${process.ppid}-${ELSEWHERE}-fedcba`]
  const path = dataDir(...alive, ...gone)
  for (const name of alive) silent(join(path, name), HOUR_MS / 2)
  for (const name of gone) silent(join(path, name), 2 * HOUR_MS)
  await sweepScratch(path)
  expect(readdirSync(path).toSorted()).toEqual(alive.toSorted())
})

it('says for as long as it is worked with that it is', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const { folder, remove } = await makeScratch(dataDir(), 'drill')
  silent(folder, 2 * HOUR_MS)
  vi.advanceTimersByTime(60_000)
  await expect.poll(() => Date.now() - statSync(folder).mtimeMs).toBeLessThan(HOUR_MS)
  await remove()
  expect(vi.getTimerCount()).toBe(0)
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
