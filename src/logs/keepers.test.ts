import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, chmod, mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
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

/** Two containers with a line each half second, in turn; the second is slow to begin. */
const BUSY_DOCKER = `#!/bin/sh
for word; do name="$word"; done
case "$1" in
  ps) echo helix-r1; echo helix-r2;;
  logs)
    if [ "$name" = helix-r2 ]; then sleep 0.3; fi
    awk -v of="\${name#helix-r}" 'BEGIN { for (n = 0; n < 600; n++)
      printf "2026-11-25T12:%02d:%02d.%d00000000Z {\\"level\\":\\"info\\",\\"event\\":\\"e\\"}\\n", n / 60, n % 60, of }';;
esac`

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

describe('a machine whose log cannot be read', () => {
  const fakes = async (text: string) => {
    for (const name of ['docker', 'journalctl']) {
      await writeFile(join(home, 'bin', name), `#!/bin/sh\n${text}`)
      await chmod(join(home, 'bin', name), 0o755)
    }
    const folder = join(home, 'helix/shared/log')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'r1.log'), '{"level":"info","event":"e"}\n')
    await symlink(join(folder, 'away'), join(folder, 'r2.log'))
  }
  const kept = async (lines: AsyncIterable<unknown>) => {
    const seen = []
    for await (const line of lines) seen.push(line)
    return seen
  }

  it.each(Object.keys(LOG_KEEPERS))('fails, also where it is followed: %s', async (type) => {
    await fakes('echo "Cannot connect" >&2; exit 1')
    const failure = { code: 'host_failed', hint: expect.stringMatching(/Cannot connect|r2\.log/) }
    await expect(kept(sourceOf(type).read(undefined, signal))).rejects.toMatchObject(failure)
    await expect(kept(sourceOf(type).follow(new Date(), signal))).rejects.toMatchObject(failure)
  })

  it('shows what came before it failed', async () => {
    await fakes(`printf '{"MESSAGE":"said"}\\n'; exit 1`)
    const lines = sourceOf('ssh').read(undefined, signal)[Symbol.asyncIterator]()
    expect(await lines.next()).toMatchObject({ value: { message: 'said' } })
    await expect(lines.next()).rejects.toMatchObject({ code: 'host_failed' })
  })

  it.each(['docker', 'ssh'])('lets go of its output, beside an open stdin: %s', async (type) => {
    await fakes('exit 3')
    const fifo = join(home, 'stdin')
    execFileSync('mkfifo', [fifo])
    // Open at both ends, so that it never ends: as over SSH, where stdin ends with the connection alone.
    const stdin = await open(fifo, 'r+')
    const asked = LOG_KEEPERS[type]?.script({ since: undefined, folder: 'helix', follow: true })
    const running = spawn('sh', ['-c', asked?.text ?? '', 'helix', ...(asked?.words ?? [])], {
      env: { HOME: home, PATH: `${join(home, 'bin')}:/usr/bin:/bin` },
      stdio: [stdin.fd, 'pipe', 'pipe'],
      timeout: 5_000,
    })
    running.stdout?.resume()
    running.stderr?.resume()
    const [code] = await once(running, 'close')
    await stdin.close()
    expect(code).toBe(3)
  })
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

it('shows many lines of several releases in order of time, whoever keeps them', async () => {
  const read = async (type: string) => {
    const times = []
    for await (const { at } of sourceOf(type).read(undefined, signal)) times.push(at)
    return times
  }
  await writeFile(join(home, 'bin', 'docker'), BUSY_DOCKER)
  const folder = join(home, 'helix/shared/log')
  await mkdir(folder, { recursive: true })
  const at = (n: number) => new Date(Date.parse('2026-11-25T12:00:00Z') + n * 500).toISOString()
  for (const nth of [0, 1]) {
    const lines = Array.from({ length: 600 }, (_, n) => ({ level: 'info', at: at(2 * n + nth), event: 'e' }))
    const text = lines.map((line) => JSON.stringify(line)).join('\n')
    await writeFile(join(folder, `r${nth}.log`), `${text}\n`)
  }
  for (const type of ['docker', 'pm2']) {
    const times = await read(type)
    expect(times).toHaveLength(1_200)
    expect(times, type).toEqual(times.toSorted())
  }
})

it('leaves what a release of PM2 said as it crashed where it was said', async () => {
  const folder = join(home, 'helix/shared/log')
  await mkdir(folder, { recursive: true })
  const line = (second: number) =>
    JSON.stringify({ level: 'info', at: `2026-11-25T12:00:0${second}.000Z`, event: `e${second}` })
  await writeFile(join(folder, 'r1.log'), `${line(1)}\nError: no\n\tat here\n${line(4)}\n`)
  await writeFile(join(folder, 'r2.log'), `${line(0)}\n${line(2)}\n`)
  const seen = []
  for await (const { event, message } of sourceOf('pm2').read(undefined, signal)) seen.push(message ?? event)
  expect(seen).toEqual(['e0', 'e1', 'Error: no', 'at here', 'e2', 'e4'])
})

it('shows what a release of PM2 says as it crashes while it is followed', async () => {
  const folder = join(home, 'helix/shared/log')
  await mkdir(folder, { recursive: true })
  const old = JSON.stringify({ level: 'info', at: '2026-11-25T12:00:00.000Z', event: 'e' })
  await writeFile(join(folder, 'r1.log'), `${old}\nError: long ago\n`)
  const stop = new AbortController()
  const crash = setTimeout(() => appendFile(join(folder, 'r1.log'), 'Error: now\n'), 1_500)
  const seen = []
  for await (const { message } of sourceOf('pm2').follow(new Date(), stop.signal)) {
    seen.push(message)
    stop.abort()
  }
  clearTimeout(crash)
  expect(seen).toEqual(['Error: now'])
})
