import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'
import { fileSource } from './file-source.ts'
import { followedLines } from './followed.ts'

const at = (second: number) => new Date(Date.UTC(2026, 10, 25, 12, 0, second)).toISOString()
const line = (nth: number, facts: object = {}) =>
  `${JSON.stringify({ level: 'info', at: at(nth), event: 'request', nth, ...facts })}\n`

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'helix-logs-'))
  path = join(folder, 'gateway.log')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** What is seen of the log while it is followed, until the test is over. */
function followed(): unknown[] {
  const stop = new AbortController()
  const seen: unknown[] = []
  const reading = (async () => {
    for await (const { nth, message } of fileSource(path, 'local').follow(new Date(at(0)), stop.signal))
      seen.push(nth ?? message)
  })()
  onTestFinished(async () => {
    stop.abort()
    await reading
  })
  return seen
}
const soon = { timeout: 4_000 }

it('loses no line where files are moved aside before anybody looked', async () => {
  await writeFile(path, line(1))
  const seen = followed()
  await expect.poll(() => seen).toEqual([1])
  // At once, for whoever is told of it later.
  appendFileSync(path, line(2))
  renameSync(path, `${path}.2`)
  writeFileSync(`${path}.1`, line(3))
  await sleep(1_200)
  await writeFile(path, line(4))
  await expect.poll(() => seen, soon).toEqual([1, 2, 3, 4])
})

it('begins with what was moved aside since then, and goes on where the file was emptied', async () => {
  await writeFile(`${path}.1`, line(1))
  await writeFile(path, line(2) + line(3))
  const seen = followed()
  await expect.poll(() => seen, soon).toEqual([1, 2, 3])
  await writeFile(path, line(4))
  await expect.poll(() => seen, soon).toEqual([1, 2, 3, 4])
})

it('shows a line once where a file is emptied and written again and again', async () => {
  const seen = followed()
  for (let lines = 1; lines <= 60; lines += 1) {
    const text = Array.from({ length: lines }, (_, nth) => line(1, { nth: lines * 100 + nth })).join('')
    // In two steps, of which a follower may see the first.
    await truncate(path, 0).catch(() => {})
    await writeFile(path, text, { flag: 'a' })
    await sleep(4)
  }
  await expect.poll(() => seen.at(-1), soon).toBe(6_059)
  const whole = seen.filter((one) => typeof one === 'number')
  expect(whole).toHaveLength(new Set(whole).size)
})

it('waits for a file that is not there yet', async () => {
  const seen = followed()
  await sleep(50)
  await writeFile(path, line(1))
  await expect.poll(() => seen, soon).toEqual([1])
})

it('does not glue what was left unfinished to the first line of the next file', async () => {
  await writeFile(path, line(1))
  const seen = followed()
  await expect.poll(() => seen).toEqual([1])
  await appendFile(path, line(2).slice(0, 30))
  await sleep(100)
  await rename(path, `${path}.1`)
  await writeFile(path, line(3))
  await expect.poll(() => seen, soon).toContain(3)
})

it('shows how Node crashed, after the line before it or as it comes', async () => {
  const old = line(1, { at: at(-60) })
  await writeFile(path, `${old}Error: long ago\n${line(2)}Error: lately\n`)
  const kept = []
  for await (const one of fileSource(path, 'local').read(undefined, new AbortController().signal))
    kept.push([one.at, one.message])
  expect(kept.slice(1)).toEqual([
    [at(-60), 'Error: long ago'],
    [at(2), undefined],
    [at(2), 'Error: lately'],
  ])
  await writeFile(path, `${old}Error: long ago\n`)
  const seen = followed()
  await sleep(1_200)
  await appendFile(path, 'Error: now\n')
  await expect.poll(() => seen, soon).toEqual(['Error: now'])
})

it('keeps a sign whole whose bytes come one after the other', async () => {
  const bytes = Buffer.from(line(1, { nth: 'größer' }))
  const half = bytes.indexOf('ö') + 1
  await writeFile(path, bytes.subarray(0, half))
  const seen = followed()
  await sleep(200)
  await appendFile(path, bytes.subarray(half))
  await expect.poll(() => seen, soon).toEqual(['größer'])
})

it('follows what is longer than any text may be, in pieces where no line ends', async () => {
  const bytes = 600_000_000
  await writeFile(path, '')
  await truncate(path, bytes)
  await appendFile(path, `\n${line(1)}`)
  const stop = new AbortController()
  let [read, longest, last] = [0, 0, '']
  for await (const lines of followedLines(path, new Date(0), stop.signal))
    for (const one of lines) {
      read += one.length
      longest = Math.max(longest, one.length)
      last = one
      if (read > bytes) stop.abort()
    }
  expect([`${last}\n`, read - last.length]).toEqual([line(1), bytes])
  expect(longest).toBeLessThan(2_000_000)
})
