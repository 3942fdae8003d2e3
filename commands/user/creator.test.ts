import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway, type Visitor } from '../../test/support/gateway.ts'
import { helix } from '../../test/support/host.ts'
import { postgresUnavailable } from '../../test/support/postgres.ts'

describe.skipIf(postgresUnavailable)(`helix user creator ${postgresUnavailable ?? ''}`, () => {
  let gateway: TestGateway
  let urls: string[]
  let environment: Record<string, string>
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'postgres' })
    urls = [gateway.url, (await gateway.another()).url]
    environment = { DATABASE_URL: gateway.databaseUrl }
  })
  afterAll(() => gateway?.close())

  async function someone(): Promise<Visitor & { email: string }> {
    const visitor = await gateway.signUp()
    const [row] = await gateway.db.query<{ email: string }>('select email from auth.users where id = $1', [
      visitor.userId,
    ])
    return { ...visitor, email: row?.email ?? '' }
  }
  const run = (...argv: string[]) => helix(['user', 'creator', ...argv], { environment })
  const creatorEverywhere = async ({ request }: Visitor) => {
    const profiles = urls.map(async (at) => (await (await request('/api/profile', { at })).json()) as object)
    return (await Promise.all(profiles)).map((profile) => (profile as { creator: boolean }).creator)
  }

  it('makes somebody the creator, which running gateways act on, and another in their place', async () => {
    const [ada, bob] = [await someone(), await someone()]
    expect(await creatorEverywhere(ada)).toEqual([false, false])
    const first = await run(ada.email.toUpperCase(), '--yes', '--json')
    expect(first).toMatchObject({ exit: 0 })
    expect(JSON.parse(first.stdout).data).toMatchObject({ userId: ada.userId, before: null, changed: true })
    await expect.poll(() => creatorEverywhere(ada), { timeout: 5_000 }).toEqual([true, true])
    const second = await run(bob.email, '--yes')
    expect(second.stdout).toContain(`To undo: helix user creator ${ada.email}`)
    await expect.poll(() => creatorEverywhere(bob), { timeout: 5_000 }).toEqual([true, true])
    await expect.poll(() => creatorEverywhere(ada), { timeout: 5_000 }).toEqual([false, false])
    expect((await run(bob.email)).stdout).toContain('is the creator already')
  })

  it('is on the chain before and after, by pseudonyms', async () => {
    const { userId, email } = await someone()
    await run(email, '--yes')
    const entries = await gateway.db.query<{ kind: string; data: Record<string, unknown>; seq: number }>(
      `select kind, data, seq from public.audit_entries where kind like 'user.creator.%' order by seq desc limit 2`,
    )
    const [end, start] = entries
    const [person] = await gateway.db.query<{ actor: string }>(
      'select actor from public.audit_actors where user_id = $1',
      [userId],
    )
    expect(start).toMatchObject({ kind: 'user.creator.start', data: { to: person?.actor } })
    expect(end).toMatchObject({ kind: 'user.creator.end', data: { intent: start?.seq, outcome: 'ok' } })
    expect(JSON.stringify(entries)).not.toContain(email)
  })

  it('changes nothing without consent, with --dry-run, for a stranger, or against the configuration', async () => {
    const { email, ...visitor } = await someone()
    expect(await run(email)).toMatchObject({ exit: 2, stderr: expect.stringContaining('--yes') })
    expect((await run(email, '--dry-run')).stdout).toContain(`it would be ${email}`)
    expect(await run('nobody@example.com', '--yes')).toMatchObject({ exit: 1 })
    expect(await run('no address', '--yes')).toMatchObject({ exit: 2 })
    const other = { ...environment, RODRIGO_CREATOR_ID: '6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01' }
    const refused = await helix(['user', 'creator', email, '--yes'], { environment: other })
    expect(refused).toMatchObject({ exit: 3, stderr: expect.stringContaining('RODRIGO_CREATOR_ID') })
    expect(await creatorEverywhere(visitor)).toEqual([false, false])
  })
})
