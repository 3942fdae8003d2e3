import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type StubClaude, startStubClaude } from '../test/upstream/stub.ts'

const launcher = fileURLToPath(new URL('../bin/helix.ts', import.meta.url))
const started: ChildProcess[] = []
let home: string
let claude: StubClaude

function start(argv: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [launcher, ...argv], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  const out = { stdout: '', stderr: '' }
  child.stderr.on('data', (chunk) => {
    out.stderr += chunk
  })
  const firstLine = new Promise<string>((resolve) =>
    child.stdout.on('data', (chunk) => {
      out.stdout += chunk
      const end = out.stdout.indexOf('\n')
      if (end !== -1) resolve(out.stdout.slice(0, end))
    }),
  )
  const ended = new Promise<{ exit: number | null } & typeof out>((resolve) =>
    child.on('close', (exit) => resolve({ exit, ...out })),
  )
  const ready = Promise.race([
    firstLine.then((line) => JSON.parse(line)),
    ended.then(({ stderr, stdout }) =>
      Promise.reject(new Error(`ended before it was ready: ${stdout}${stderr}`)),
    ),
  ])
  ready.catch(() => {})
  return { child, ready, ended }
}

/** A running Helix with a reply under way; `reply` is its whole stream, or as much of it as came. */
async function upWithOpenReply(message: string) {
  const up = start(['up', '--port', '0', '--json'], {
    CLAUDE_API_KEY: 'test',
    ANTHROPIC_BASE_URL: claude.url,
  })
  const { url } = await up.ready
  const { stdout: token } = await helix('login', '--print-token')
  const response = await fetch(`${url}/api/chat/message`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token.trim()}`,
      'content-type': 'application/json',
      accept: 'text/event-stream',
    },
    body: JSON.stringify({ message }),
  })
  const body = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = (await body?.read())?.value ?? ''
  const rest = async () => {
    for (let piece = await body?.read(); piece && !piece.done; piece = await body?.read()) text += piece.value
    return text
  }
  return { up, reply: rest().catch(() => text) }
}

const helix = (...argv: string[]) => start(argv).ended

beforeAll(async () => {
  claude = await startStubClaude()
  home = mkdtempSync(join(tmpdir(), 'helix-up-'))
})

afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

afterAll(async () => {
  await claude.close()
  rmSync(home, { recursive: true, force: true })
})

describe('helix up', () => {
  it('serves, lets commands beside it act as the owner, refuses a second, and drains on Ctrl-C', async () => {
    const up = start(['up', '--port', '0', '--json'])
    const ready = await up.ready
    expect(ready).toMatchObject({ event: 'ready', mode: 'embedded', simulated: true, pid: up.child.pid })
    expect(ready.signInUrl).toMatch(new RegExp(`^${ready.url}/auth/v1/verify`))
    expect(await (await fetch(`${ready.url}/health`)).json()).toMatchObject({ status: 'ok', simulated: true })
    expect(statSync(join(home, '.helix/run.json')).mode & 0o777).toBe(0o600)

    const asked = await helix('ask', 'Hello', '--json')
    expect(asked.exit).toBe(0)
    expect(JSON.parse(asked.stdout).data).toMatchObject({ role: 'assistant', usage: { simulated: true } })

    const { stdout: token } = await helix('login', '--print-token')
    const own = await fetch(`${ready.url}/api/conversations`, {
      headers: { authorization: `Bearer ${token.trim()}` },
    })
    expect((await own.json()).conversations).toHaveLength(1)
    expect((await fetch(`${ready.url}/api/conversations`)).status).toBe(401)

    const doctor = await helix('doctor', '--json')
    expect(doctor.exit).toBe(0)
    const { checks } = JSON.parse(doctor.stdout).data
    expect(checks.find(({ id }: { id: string }) => id === 'private-socket')).toMatchObject({ status: 'ok' })

    const second = await helix('up', '--port', '0', '--json')
    expect(second.exit).toBe(4)
    expect(JSON.parse(second.stdout)).toMatchObject({ ok: false, code: 'data_dir_in_use' })

    up.child.kill('SIGINT')
    const { exit, stdout } = await up.ended
    expect(exit).toBe(130)
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({ event: 'draining' })
    expect(existsSync(join(home, '.helix/run.json'))).toBe(false)
    expect((await helix('ask', 'Hello')).stderr).toContain('Run `helix up`')
  })

  it('has on its chain what it and the commands beside it do, every act closed', async () => {
    const idle = await helix('token', 'revoke', 'k3JqX0aB9mZ1')
    expect(idle.exit).toBe(1)
    const up = start(['up', '--port', '0', '--json'])
    await up.ready
    expect((await helix('token', 'create', '--name', 'ci')).exit).toBe(0)
    up.child.kill('SIGINT')
    await up.ended
    const { stdout } = await helix('audit', 'export')
    const entries = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const told = entries.map(({ kind, data }) => [kind, data.path ?? data.outcome ?? ''].join(' ').trim())
    const since = told.slice(told.lastIndexOf('gateway.started'))
    expect(since).toEqual(
      expect.arrayContaining([
        'file.write.start run.json',
        'token.create.start',
        'token.create',
        'token.create.end ok',
        'gateway.stopped',
        'file.remove.start run.json',
      ]),
    )
    expect(since.indexOf('token.create.start')).toBeLessThan(since.indexOf('token.create'))
    expect(entries.find(({ kind }) => kind === 'token.create.start').actor).toMatch(/^cli:/)
    const verified = await helix('audit', 'verify', '--grace', '0s')
    expect({ exit: verified.exit, out: verified.stdout }).toMatchObject({ exit: 0 })
  }, 120_000)

  it('takes two signals of one key press for one, and lets an open reply finish', async () => {
    const { up, reply } = await upWithOpenReply('[[words:60]] [[pace:20]]')
    up.child.kill('SIGINT')
    await sleep(5)
    up.child.kill('SIGINT')
    expect(await reply).toContain('event: done')
    expect((await up.ended).exit).toBe(130)
    expect(existsSync(join(home, '.helix/run.json'))).toBe(false)
  })

  it('ends at once when it is signalled again later', async () => {
    const { up, reply } = await upWithOpenReply('[[words:2000]] [[pace:20]]')
    up.child.kill('SIGINT')
    await sleep(700)
    expect(up.child.exitCode).toBeNull()
    up.child.kill('SIGINT')
    expect((await up.ended).exit).toBe(130)
    expect(await reply).not.toContain('event: done')
  })

  it('says calmly where it is, what is simulated, and shows no sign-in link off a terminal', async () => {
    const up = start(['start', '--port', '0', '--no-color'])
    await expect(up.ready).rejects.toThrow()
    await new Promise((resolve) => setTimeout(resolve, 200))
    up.child.kill('SIGTERM')
    const { exit, stdout, stderr } = await up.ended
    expect(exit).toBe(143)
    expect(stdout).toMatch(/Helix is up .*embedded database/)
    expect(stdout).toMatch(/http:\/\/127\.0\.0\.1:\d+/)
    expect(stdout).toContain('SIMULATED')
    expect(stdout + stderr).not.toContain('verify?token')
  })

  it.skipIf(process.platform !== 'linux')(
    'ends with 3 at once when its data directory cannot be made (Linux)',
    async () => {
      const { exit, stdout } = await helix('up', '--port', '0', '--data-dir', '/proc/helix', '--json')
      expect(exit).toBe(3)
      expect(JSON.parse(stdout)).toMatchObject({
        code: 'precondition_failed',
        message: expect.stringContaining('/proc/helix'),
      })
    },
  )

  it('ends with 3 when the port is taken, takes no other, and leaves no start without its end', async () => {
    const other = createServer()
    const port = await new Promise<number>((resolve) =>
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port)),
    )
    const { exit, stdout } = await helix('up', '--port', String(port), '--json')
    await new Promise((resolve) => other.close(resolve))
    const { stdout: log } = await helix('audit', 'tail', '--json')
    const kinds = [...log.matchAll(/"gateway\.(started|stopped)"/g)].map(([, kind]) => kind)
    expect(kinds.at(-2)).toBe('started')
    expect(kinds.at(-1)).toBe('stopped')
    expect(exit).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'port_taken',
      message: expect.stringContaining(String(port)),
    })
  })

  it('refuses a port that is none', async () => {
    const { exit, stderr } = await helix('up', '--port', '70000')
    expect(exit).toBe(2)
    expect(stderr).toContain('--port: expected 0 to 65535, got "70000"')
  })
})

describe('helix gateway start', () => {
  it('prints JSON lines only, keeps the database private to itself, and ends with 143 on SIGTERM', async () => {
    const dataDir = join(home, 'server')
    const server = start(['start', '--port', '0', '--host', '127.0.0.1', '--data-dir', dataDir], {
      NODE_ENV: 'production',
      HELIX_MODE: 'embedded',
      HELIX_SIMULATE: '1',
    })
    const ready = await server.ready
    expect(ready).toMatchObject({ event: 'ready', signInUrl: null, simulated: true })
    expect((await fetch(`${ready.url}/health/ready`)).status).toBe(200)
    expect(existsSync(join(dataDir, 'run.json'))).toBe(false)
    server.child.kill('SIGTERM')
    const { exit, stdout, stderr } = await server.ended
    expect(exit).toBe(143)
    for (const line of `${stdout}${stderr}`.trim().split('\n'))
      expect(JSON.parse(line)).toHaveProperty('event')
  })

  it('wants production told what to do', async () => {
    const { exit, stdout } = await start(['gateway', 'start', '--json'], { NODE_ENV: 'production' }).ended
    expect(exit).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ code: 'config_invalid' })
  })
})

describe('the package', () => {
  it('starts Helix so that signals reach it', () => {
    const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
    expect(scripts.start).toMatch(/^exec node (--\S+ )*dist\/bin\/helix\.js start$/)
  })
})
