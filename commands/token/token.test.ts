import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'

const launcher = fileURLToPath(new URL('../../bin/helix.ts', import.meta.url))
const PASSWORD = 'correct horse battery'

let gateway: TestGateway
let home: string

interface Ran {
  exit: number
  stdout: string
  stderr: string
}

/** Runs a program to its end, whatever its exit code. */
function run(file: string, argv: readonly string[], { stdin = '', environment = {} } = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH, HOME: home, ...environment }
    const child = execFile(file, argv, { cwd: home, env }, (error, stdout, stderr) =>
      resolve({ exit: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
    child.stdin?.end(stdin)
  })
}

const helix = (argv: readonly string[], given = {}) => run(process.execPath, [launcher, ...argv], given)
const curl = (token: string, path: string, ...argv: string[]) =>
  run('curl', ['-sS', '-H', `Authorization: Bearer ${token}`, ...argv, `${gateway.url}${path}`])

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'helix-token-'))
  gateway = await startTestGateway({ engine: 'pglite' })
  const email = `ada-${randomUUID()}@example.com`
  await fetch(`${gateway.url}/auth/v1/signup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD }),
  })
  const login = await helix(['login', gateway.url, '--email', email, '--password-stdin'], {
    stdin: `${PASSWORD}\n`,
  })
  if (login.exit !== 0) throw new Error(login.stderr)
})
afterAll(async () => {
  await gateway.close()
  rmSync(home, { recursive: true, force: true })
})

describe('an access token', () => {
  it('is printed alone on stdout and works in curl, as JSON and as a stream', async () => {
    const made = await helix(['token', 'create', '--name', 'my curl', '--scope', 'read', 'chat'])
    expect(made).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^hlx_\w{62}\n$/) })
    const token = made.stdout.trim()
    expect(made.stderr).toContain(`Undo with: helix token revoke ${token.slice(4, 16)}`)
    expect(made.stderr).not.toContain(token.slice(17))

    const json = ['-H', 'Content-Type: application/json', '-d', '{"message":"hello"}']
    const answered = await curl(token, '/api/chat/message', ...json)
    expect(JSON.parse(answered.stdout)).toMatchObject({ role: 'assistant', message: { status: 'complete' } })
    const streamed = await curl(token, '/api/chat/message', '-N', '-H', 'Accept: text/event-stream', ...json)
    expect(streamed.stdout).toMatch(/^id: 1\nevent: start\n/m)
    expect(streamed.stdout.match(/^event: (done|error)$/gm)).toEqual(['event: done'])
    const listed = await curl(token, '/api/conversations')
    expect(JSON.parse(listed.stdout).conversations).toHaveLength(2)
    const refused = await curl(token, '/api/tokens')
    expect(JSON.parse(refused.stdout)).toMatchObject({ status: 403, code: 'scope_missing', scope: 'session' })
  })

  it('is HELIX_TOKEN for other commands, until it is revoked', async () => {
    const made = await helix(['token', 'create', '--name', 'ci', '--expires', '12h', '--json'])
    const { token, id, expiresAt } = JSON.parse(made.stdout).data
    expect((Date.parse(expiresAt) - Date.now()) / 3_600_000).toBeCloseTo(12, 1)
    const environment = { HELIX_URL: gateway.url, HELIX_TOKEN: token, HOME: join(home, 'elsewhere') }
    expect(await helix(['ask', 'Hello', '--json'], { environment })).toMatchObject({ exit: 0 })
    const whoami = await helix(['whoami'], { environment })
    expect(whoami.stdout).toContain(`Token    ci (${id}), may read, chat, expires ${expiresAt.slice(0, 10)}`)
    const manage = await helix(['token', 'list'], { environment })
    expect(manage).toMatchObject({ exit: 10, stderr: expect.stringContaining('open to no access token') })

    const listed = await helix(['token', 'list'])
    expect(listed.stdout).toMatch(new RegExp(`^${id}  ci  read, chat  expires .*, last used `, 'm'))
    expect(listed.stdout).not.toContain(token.slice(17))
    expect(await helix(['token', 'revoke', id])).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining(`Revoked the token ${id}.`),
    })
    const after = await helix(['ask', 'Hello'], { environment })
    expect(after).toMatchObject({ exit: 10, stderr: expect.stringContaining('was revoked') })
    expect(await helix(['token', 'revoke', id])).toMatchObject({ exit: 1 })
  })

  it.each([
    [['create'], '--name'],
    [['create', '--name', 'x', '--scope', 'everything'], '--scope'],
    [['create', '--name', 'x', '--expires', '5m'], '--expires'],
    [['create', '--name', 'x', '--expires', '2y'], 'expected 1h to 1y'],
    [['revoke'], 'id'],
  ])('%j is not understood', async (argv, problem) => {
    const { exit, stderr } = await helix(['token', ...argv])
    expect(exit).toBe(2)
    expect(stderr).toContain(problem)
  })
}, 60_000)
