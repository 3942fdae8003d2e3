import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { helix } from '../test/support/host.ts'
import { json, type ScriptedGateway, scriptedGateway } from '../test/support/scripted-gateway.ts'

const PASSWORD = 'correct horse battery'
const answer = {
  access_token: 'access-1',
  refresh_token: 'refresh-1',
  expires_in: 3600,
  user: { id: 'u1', email: 'ada@example.com' },
}

let gateway: ScriptedGateway
let home: string

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'helix-login-'))
  gateway = await scriptedGateway(({ path, body }) => {
    if (path === 'GET /config.json') return json({ supabaseUrl: gateway.url, anonKey: 'anon' })
    if (path === 'GET /health')
      return json({ status: 'ok', release: '1.0.0', mode: 'postgres', simulated: false, checks: {} })
    if (path === 'GET /api/profile')
      return json({ userId: 'u1', displayName: 'Ada', creator: true, trustLevel: 1 })
    if (path.startsWith('POST /auth/v1/logout')) return json({})
    if (path === 'POST /auth/v1/factors/f1/challenge') return json({ id: 'c1', type: 'totp', expires_at: 0 })
    if (path === 'POST /auth/v1/factors/f1/verify' && JSON.parse(body).code === '123456')
      return json({ ...answer, access_token: 'access-proved' })
    if (path.endsWith('/verify'))
      return json({ code: 422, error_code: 'mfa_verification_failed', msg: 'Invalid TOTP code entered' }, 422)
    if (path !== 'POST /auth/v1/token?grant_type=password') return undefined
    if (JSON.parse(body).email === 'bob@example.com') {
      const factors = [{ id: 'f1', factor_type: 'totp', status: 'verified' }]
      return json({ ...answer, user: { id: 'u2', email: 'bob@example.com', factors } })
    }
    if (JSON.parse(body).password === PASSWORD) return json(answer)
    return json({ code: 400, error_code: 'invalid_credentials', msg: 'Invalid login credentials' }, 400)
  })
})

afterEach(async () => {
  await gateway.close()
  rmSync(home, { recursive: true, force: true })
})

const at = (argv: string[], stdin?: string) =>
  helix(argv, { cwd: home, environment: { HOME: home }, ...(stdin === undefined ? {} : { stdin }) })
const login = (password = PASSWORD) =>
  at(['login', gateway.url, '--email', 'ada@example.com', '--password-stdin'], `${password}\n`)

describe('signing in', () => {
  it('keeps the login, says so and how to undo it, and shows no secret', async () => {
    const { exit, stdout, stderr } = await login()
    expect(exit).toBe(0)
    expect(stdout).toBe(
      `Signed in to ${gateway.url} as ada@example.com.\nUndo with: helix logout ${gateway.url}\n`,
    )
    for (const secret of [PASSWORD, 'access-1', 'refresh-1']) expect(stdout + stderr).not.toContain(secret)
    const kept = readdirSync(join(home, '.config/helix')).map((name) =>
      readFileSync(join(home, '.config/helix', name), 'utf8'),
    )
    expect(kept.join()).not.toContain(PASSWORD)
  })

  it('is written down first, beside the login where there is no data directory, and signing out too', async () => {
    await login('wrong')
    await login()
    await at(['logout', gateway.url])
    await at(['logout', gateway.url])
    await at(['whoami'])
    const text = readFileSync(join(home, '.config/helix/journal.jsonl'), 'utf8')
    const entries = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(entries.map(({ kind, data }) => [kind, data.outcome])).toEqual([
      ['login.start', undefined],
      ['login.end', 'failed'],
      ['login.start', undefined],
      ['file.write.start', undefined],
      ['file.write.end', 'ok'],
      ['login.end', 'ok'],
      ['logout.start', undefined],
      ['file.remove.start', undefined],
      ['file.remove.end', 'ok'],
      ['logout.end', 'ok'],
    ])
    expect(entries[2]).toMatchObject({ channel: 'commands', data: { gateway: gateway.url } })
    expect(entries[3].data).toMatchObject({
      in: 'settings',
      path: expect.stringMatching(/^login-\w+\.json$/),
    })
    for (const secret of [PASSWORD, 'access-1', 'refresh-1', 'ada@example.com'])
      expect(text).not.toContain(secret)
    expect(existsSync(join(home, '.helix'))).toBe(false)
  })

  it('does nothing that it cannot write down', async () => {
    mkdirSync(join(home, '.config/helix/journal.jsonl'), { recursive: true })
    const { exit, stderr } = await login()
    expect({ exit, stderr }).toMatchObject({ exit: 1, stderr: expect.stringContaining('nothing was done') })
    expect(gateway.asked.filter(({ path }) => path.includes('token'))).toEqual([])
  })

  it('proves a second factor where there is one, and keeps nothing until that is done', async () => {
    const bob = (...more: string[]) =>
      at(['login', gateway.url, '--email', 'bob@example.com', '--password-stdin', ...more], `${PASSWORD}\n`)
    const unasked = await bob()
    expect(unasked).toMatchObject({ exit: 2, stderr: expect.stringContaining('--code <digits>') })
    expect(await bob('--code', '000000')).toMatchObject({ exit: 10 })
    expect((await at(['whoami'])).exit).not.toBe(0)
    expect(await bob('--code', '123 456')).toMatchObject({ exit: 0 })
    expect((await at(['login', '--print-token'])).stdout.trim()).toBe('access-proved')
  })

  it('is then the gateway that is meant, with its token', async () => {
    await login()
    const { stdout } = await at(['whoami'])
    expect(stdout).toContain(`${gateway.url} (the last login)`)
    expect(stdout).toContain('Ada, the creator')
    expect(gateway.asked.at(-1)?.authorization).toBe('Bearer access-1')
    expect(await at(['login', '--print-token'])).toMatchObject({ exit: 0, stdout: 'access-1\n' })
  })

  it('ends with 10 for a wrong password', async () => {
    const { exit, stdout, stderr } = await login('wrong')
    expect({ exit, stdout }).toEqual({ exit: 10, stdout: '' })
    expect(stderr).toContain('Invalid login credentials')
  })

  it.each([
    [['login'], undefined, 'helix login <url>'],
    [['login', 'URL'], undefined, '--email'],
    [['login', 'URL', '--email', 'ada@example.com'], undefined, '--password-stdin'],
    [['login', 'URL', '--email', 'ada@example.com', '--password-stdin'], '', 'No password was given'],
    [['login', 'ftp://example.com', '--email', 'a@b.co'], undefined, 'No gateway address'],
  ])('%j without a terminal ends with 2 at once and says what to add', async (argv, stdin, hint) => {
    const { exit, stderr } = await at(
      argv.map((word) => (word === 'URL' ? gateway.url : word)),
      stdin,
    )
    expect(exit).toBe(2)
    expect(stderr).toContain(hint)
  })

  it('ends when one signs out; doing so again changes nothing', async () => {
    await login()
    expect((await at(['logout'])).stdout).toContain(`Signed out of ${gateway.url}`)
    expect(gateway.asked.at(-1)).toMatchObject({
      path: 'POST /auth/v1/logout?scope=local',
      authorization: 'Bearer access-1',
    })
    expect(readdirSync(join(home, '.config/helix'))).toEqual(['journal.jsonl'])
    const again = await at(['logout', gateway.url, '--json'])
    expect(JSON.parse(again.stdout).data).toEqual({ url: gateway.url, state: 'already_signed_out' })
  })

  it('prints no token where nobody signed in', async () => {
    expect(await at(['login', gateway.url, '--print-token'])).toMatchObject({ exit: 10, stdout: '' })
  })
})
