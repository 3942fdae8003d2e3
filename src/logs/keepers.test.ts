import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { localHost } from '../shell/local.ts'
import { hostSource } from './host-source.ts'
import { LOG_KEEPERS } from './keepers.ts'

/** Two containers, of which one goes on for as long as it is followed. */
const DOCKER = `#!/bin/sh
echo "$*" >> "$HOME/asked"
case "$1" in
  ps) echo helix-r1; echo helix-r2;;
  logs)
    for word; do name="$word"; done
    echo "2026-11-25T12:00:0\${name#helix-r}.5Z {\\"level\\":\\"info\\",\\"event\\":\\"hello\\",\\"of\\":\\"$name\\"}"
    case "$*" in *--follow*) exec sleep 60;; esac;;
esac`

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'helix-keepers-'))
  await mkdir(join(home, 'bin'))
  await writeFile(join(home, 'bin', 'docker'), DOCKER)
  await chmod(join(home, 'bin', 'docker'), 0o755)
})
afterEach(() => rm(home, { recursive: true, force: true }))

const sourceOf = (type: string) => {
  const keeper = LOG_KEEPERS[type]
  if (!keeper) throw new Error(`no ${type}`)
  const host = localHost({ HOME: home, PATH: `${join(home, 'bin')}:/usr/bin:/bin` })
  return hostSource(host, keeper, 'helix')
}
const { signal } = new AbortController()

it('shows what Docker keeps of every container of a release, in order of time', async () => {
  const seen = []
  for await (const record of sourceOf('docker').read(undefined, signal)) seen.push(record)
  expect(seen).toMatchObject([
    { release: 'r1', event: 'hello', of: 'helix-r1', at: '2026-11-25T12:00:01.500Z' },
    { release: 'r2', event: 'hello', of: 'helix-r2', at: '2026-11-25T12:00:02.500Z' },
  ])
})

it('follows them until nobody listens', async () => {
  const stop = new AbortController()
  const seen = new Set<unknown>()
  for await (const { release } of sourceOf('docker').follow(new Date(0), stop.signal)) {
    seen.add(release)
    if (seen.size === 2) stop.abort()
  }
  expect([...seen].sort()).toEqual(['r1', 'r2'])
})

it('shows the files of PM2, and nothing where there are none', async () => {
  const read = async () => {
    const events = []
    for await (const { event } of sourceOf('pm2').read(undefined, signal)) events.push(event)
    return events
  }
  expect(await read()).toEqual([])
  await mkdir(join(home, 'helix/shared/log'), { recursive: true })
  expect(await read()).toEqual([])
  for (const nth of [1, 2]) {
    const line = { level: 'info', at: `2026-11-25T12:00:0${nth}.000Z`, event: `e${nth}` }
    await writeFile(join(home, `helix/shared/log/r${nth}.log`), `${JSON.stringify(line)}\n`)
  }
  expect(await read()).toEqual(['e1', 'e2'])
})
