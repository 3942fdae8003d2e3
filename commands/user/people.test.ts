import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway, type Visitor } from '../../test/support/gateway.ts'
import { helix } from '../../test/support/host.ts'
import { postgresUnavailable } from '../../test/support/postgres.ts'

describe.skipIf(postgresUnavailable)(`helix user ${postgresUnavailable ?? ''}`, () => {
  let gateway: TestGateway
  let environment: Record<string, string>
  let ada: Visitor & { email: string }
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'postgres' })
    environment = { DATABASE_URL: gateway.databaseUrl }
    ada = await someone()
  })
  afterAll(() => gateway?.close())

  async function someone(): Promise<Visitor & { email: string }> {
    const visitor = await gateway.signUp()
    const [row] = await gateway.db.query<{ email: string }>('select email from auth.users where id = $1', [
      visitor.userId,
    ])
    return { ...visitor, email: row?.email ?? '' }
  }
  const run = (...argv: string[]) => helix(['user', ...argv], { environment })
  const json = async (...argv: string[]) => JSON.parse((await run(...argv, '--json')).stdout).data
  const status = async () => (await ada.request('/api/profile')).status

  it('list finds people, and show tells how one stands, by address and by id', async () => {
    expect((await run('list', ada.email)).stdout).toContain(ada.email)
    expect((await json('list', '--limit', '1')).users).toHaveLength(1)
    expect((await run('show', ada.email.toUpperCase())).stdout).toContain(`User       ${ada.userId}`)
    expect(await json('show', ada.userId)).toMatchObject({
      email: ada.email,
      suspended: false,
      trustLevel: 0.5,
    })
    expect(await run('show', 'nobody@example.com')).toMatchObject({ exit: 1 })
  })

  it('suspend closes a running gateway to a person within seconds, and unsuspend opens it', async () => {
    expect(await status()).toBe(200)
    expect(await run('suspend', ada.email)).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('--yes'),
    })
    expect((await run('suspend', ada.email, '--dry-run')).stdout).toContain('would suspend')
    expect(await status()).toBe(200)
    const suspended = await run('suspend', ada.email, '--yes')
    expect(suspended.stdout).toContain(`To undo: helix user unsuspend ${ada.email}`)
    await expect.poll(status, { timeout: 5_000 }).not.toBe(200)
    expect((await run('suspend', ada.email, '--yes')).stdout).toContain('already')
    await run('unsuspend', ada.email)
    await expect.poll(status, { timeout: 5_000 }).toBe(200)
  })

  it('trust and quota are set, said with what undoes them, and on the chain by pseudonyms', async () => {
    expect((await run('trust', ada.email, '0.9')).stdout).toContain(`helix user trust ${ada.email} 0.5`)
    expect((await run('quota', ada.email, '2.50')).stdout).toContain('$2.50 a day')
    expect(await json('show', ada.email)).toMatchObject({ trustLevel: 0.9, quota: 2_500_000_000 })
    expect((await run('quota', ada.email, 'usual')).stdout).toContain(`helix user quota ${ada.email} 2.5`)
    for (const [noun, value] of [
      ['trust', '2'],
      ['quota', 'much'],
    ] as const)
      expect(await run(noun, ada.email, value)).toMatchObject({ exit: 2 })
    const entries = await gateway.db.query<{ actor: string; data: Record<string, unknown> }>(
      `select actor, data from public.audit_entries where kind = 'user.change.start' order by seq`,
    )
    expect(entries.map(({ data }) => Object.keys(data).filter((name) => name !== 'person')[0])).toEqual([
      ...['suspended', 'suspended', 'trustLevel', 'quota', 'quota'],
    ])
    expect(entries.every(({ actor }) => actor.startsWith('cli:'))).toBe(true)
    expect(JSON.stringify(entries)).not.toContain(ada.email)
  })

  it('invite has the gateway mail somebody, as its creator', async () => {
    const creator = await gateway.signUp()
    gateway.running.services.people.setCreator(creator.userId)
    const at = { HELIX_URL: gateway.url, HELIX_TOKEN: creator.token }
    const invited = await helix(['user', 'invite', 'guest@example.com'], {
      environment: { ...environment, ...at },
    })
    expect(invited).toMatchObject({ exit: 0, stdout: expect.stringContaining('guest@example.com') })
    expect((await run('show', 'guest@example.com')).stdout).toContain('invited')
    const refused = await helix(['user', 'invite', 'other@example.com'], {
      environment: { ...environment, HELIX_URL: gateway.url, HELIX_TOKEN: ada.token },
    })
    expect(refused).toMatchObject({ exit: 10 })
  })
})
