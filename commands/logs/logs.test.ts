import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { helix } from '../../test/support/host.ts'

const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString()
const line = (seconds: number, facts: object) =>
  `${JSON.stringify({ level: 'info', at: ago(seconds), event: 'request', ...facts })}\n`
const request = (route: string, status: number) => ({ method: 'GET', route, status, durationMs: 3 })

/** Runs what it is told here, as the machine it is told to reach. */
const SSH = `#!/bin/sh
while [ "$1" = -T ] || [ "$1" = -o ]; do [ "$1" = -o ] && shift; shift; done
case " $* " in *' exit '*) exit 0;; esac
export MACHINE="$1"; shift
[ "$MACHINE" = gone ] && { echo 'no route to host' >&2; exit 255; }
exec sh -c "$*"`
/** A journal that has what is in a file, and goes on with what comes there. */
const JOURNALCTL = `#!/bin/sh
echo "$*" >> "$LOGS/asked"
case "$*" in
  *' -f '*) exec tail -n +1 -f "$LOGS/$MACHINE.journal";;
  *) cat "$LOGS/$MACHINE.journal";;
esac`
const entry = (seconds: number, facts: object) =>
  `${JSON.stringify({
    MESSAGE: line(seconds, facts).trim(),
    __REALTIME_TIMESTAMP: String((Date.now() - seconds * 1_000) * 1_000),
    _SYSTEMD_USER_UNIT: 'helix@r1.service',
  })}\n`

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'helix-logs-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(home, { recursive: true, force: true })
})

describe('helix logs on this machine', () => {
  const logs = (argv: string[], environment: Record<string, string> = {}) =>
    helix(['logs', ...argv], { cwd: home, environment })
  const keep = async (text: string) => {
    await mkdir(join(home, '.helix', 'logs'), { recursive: true })
    await writeFile(join(home, '.helix', 'logs', 'gateway.log'), text)
  }

  it('shows what helix up kept, as text or as JSON', async () => {
    await keep(
      line(9_000, request('/old', 200)) + line(30, request('/a', 200)) + line(20, request('/b', 503)),
    )
    const shown = await logs([])
    expect([shown.exit, shown.stderr]).toEqual([0, ''])
    expect(shown.stdout).toMatch(
      /^\d\d:\d\d:\d\d GET \/a 200 in 3\.0 ms\n\d\d:\d\d:\d\d GET \/b 503 in 3\.0 ms\n$/,
    )
    const failed = await logs(['--status', '5xx', '--json'])
    expect(
      failed.stdout
        .trim()
        .split('\n')
        .map((one) => JSON.parse(one)),
    ).toMatchObject([{ route: '/b', host: 'local' }])
    expect((await logs(['--since', '1d', '-n', '1'])).stdout).toContain('/b')
    expect((await logs(['--since', '1d'])).stdout).toContain('/old')
  })

  it('lets nothing in a line control the terminal, and paints only one that is there', async () => {
    await keep(
      line(5, {
        event: 'error',
        level: 'error',
        message: '\u001b]0;x\u0007\u001b[31mboo\u009b2J',
        causes: ['\u001b[2J'],
      }),
    )
    const shown = await logs([])
    expect(shown.stdout).toContain('boo')
    expect(
      [...shown.stdout].filter(
        (sign) => sign !== '\n' && (sign < ' ' || (sign >= '\u007f' && sign < '\u00a0')),
      ),
    ).toEqual([])
    expect((await logs([], { FORCE_COLOR: '1' })).stdout).toContain('\u001b[31m')
  })

  it('goes on with what comes, once each, until it is stopped', async () => {
    await keep(line(1, request('/first', 200)))
    const stop = new AbortController()
    let seen = ''
    const running = helix(['logs', '--follow'], {
      cwd: home,
      signal: stop.signal,
      onStdout(text) {
        seen += text
      },
    })
    await expect.poll(() => seen, { timeout: 5_000 }).toContain('/first')
    await keep(line(1, request('/first', 200)) + line(0, request('/second', 200)))
    await expect.poll(() => seen, { timeout: 5_000 }).toContain('/second')
    stop.abort('SIGINT')
    expect((await running).exit).toBe(130)
    expect(seen.match(/second/g)).toHaveLength(1)
  })

  it('stops in the middle of a long file when it is told to, and follows nothing then', async () => {
    await keep(line(1, request('/long', 200)).repeat(20_000))
    const stop = new AbortController()
    const { exit, stdout, stderr } = await helix(['logs', '--follow', '--since', '1h'], {
      cwd: home,
      signal: stop.signal,
      onStdout: () => stop.abort('SIGINT'),
    })
    expect([exit, stdout.match(/long/g)?.length, stderr]).toEqual([130, 1, ''])
  })

  it('says what to do where there is no log, and what it does not understand', async () => {
    const nothing = await logs([])
    expect([nothing.exit, nothing.stderr]).toEqual([1, expect.stringContaining('helix up')])
    const wrong = [
      ['--since', 'soon'],
      ['--level', 'loud'],
      ['--status', '9xx'],
      ['--grep', '('],
      ['--host', '-oX'],
    ]
    for (const argv of wrong) expect([argv, (await logs(argv)).exit]).toEqual([argv, 2])
    expect((await logs(['--user', 'nobody@example.com'])).exit).toBe(1)
  })
})

describe('helix logs of several machines', () => {
  beforeEach(async () => {
    const bin = join(home, 'bin')
    await mkdir(bin)
    for (const [name, text] of Object.entries({ ssh: SSH, journalctl: JOURNALCTL })) {
      await writeFile(join(bin, name), text)
      await chmod(join(bin, name), 0o755)
    }
    vi.stubEnv('PATH', `${bin}:${process.env.PATH}`)
    vi.stubEnv('LOGS', home)
    const hosts = ['one', 'two']
    const config = { deploy: { gateway: { type: 'ssh', hosts } } }
    await writeFile(join(home, 'helix.config.ts'), `export default ${JSON.stringify(config)}`)
    await writeFile(join(home, 'one.journal'), entry(50, request('/1', 200)) + entry(30, request('/3', 500)))
    await writeFile(join(home, 'two.journal'), entry(40, request('/2', 200)) + entry(20, request('/4', 200)))
  })
  const production = (...argv: string[]) =>
    helix(['logs', '--env', 'production', ...argv], { cwd: home, environment: { HELIX_MODE: 'embedded' } })

  it('puts their lines in order of time, each with its machine before it', async () => {
    const shown = await production()
    expect([shown.exit, shown.stderr]).toEqual([0, ''])
    const told = shown.stdout
      .trim()
      .split('\n')
      .map((one) => one.replace(/\d\d:\d\d:\d\d GET /, '').slice(0, 6))
    expect(told).toEqual(['one /1', 'two /2', 'one /3', 'two /4'])
    const json = (await production('--json', '--level', 'info', '--grep', '/3')).stdout.trim()
    expect(JSON.parse(json)).toMatchObject({ host: 'one', release: 'r1', route: '/3', status: 500 })
  })

  it('shows the others where one cannot be reached, and ends with 1', async () => {
    const shown = await production('--host', 'one', 'gone')
    expect(shown.exit).toBe(1)
    expect(shown.stdout).toContain('/1')
    expect(shown.stderr).toContain('gone cannot be reached')
    expect((await production('--host', 'gone')).exit).toBe(1)
  })

  it('follows them all', async () => {
    const stop = new AbortController()
    let seen = ''
    const running = helix(['logs', '--env', 'production', '--follow'], {
      cwd: home,
      signal: stop.signal,
      environment: { HELIX_MODE: 'embedded' },
      onStdout(text) {
        seen += text
      },
    })
    await expect.poll(() => seen, { timeout: 5_000 }).toContain('/4')
    const { appendFile } = await import('node:fs/promises')
    await appendFile(join(home, 'two.journal'), entry(0, request('/live', 200)))
    await expect.poll(() => seen, { timeout: 5_000 }).toContain('two')
    await expect.poll(() => seen, { timeout: 5_000 }).toContain('/live')
    stop.abort('SIGTERM')
    expect((await running).exit).toBe(143)
    expect(seen.match(/\/4/g)).toHaveLength(1)
  })
})

describe('helix logs --user', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'postgres' })
  })
  afterAll(() => gateway?.close())

  it('finds the requests of one person by their id', async () => {
    const visitor = await gateway.signUp()
    await visitor.request('/api/profile')
    const [row] = await gateway.db.query<{ actor: string }>(
      'select actor from public.audit_actors where user_id = $1',
      [visitor.userId],
    )
    const file = join(home, 'some.log')
    await writeFile(
      file,
      line(2, { ...request('/mine', 200), actor: row?.actor }) +
        line(1, { ...request('/other', 200), actor: 'person:x' }),
    )
    const shown = await helix(['logs', '--file', file, '--user', visitor.userId], {
      cwd: home,
      environment: { DATABASE_URL: gateway.databaseUrl },
    })
    expect([shown.exit, shown.stdout.includes('/mine'), shown.stdout.includes('/other')]).toEqual([
      0,
      true,
      false,
    ])
  })
})
