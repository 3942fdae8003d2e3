import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@supabase/supabase-js'
import { TOTP } from 'otpauth'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { checks } from '../../src/checks/checks.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { readEvents } from '../support/events.ts'
import { hostedUnavailable } from '../support/hosted-database.ts'
import { startOnHostedSupabase } from '../support/hosted-supabase.ts'
import { expectProblem } from '../support/problems.ts'

const WITHIN_MS = 5_000
const PASSWORD = 'correct horse battery'

describe.skipIf(hostedUnavailable)(`supabase mode on a hosted project ${hostedUnavailable ?? ''}`, () => {
  let hosted: Awaited<ReturnType<typeof startOnHostedSupabase>>
  beforeAll(async () => {
    hosted = await startOnHostedSupabase({ gateways: 2 })
  }, 30_000)
  afterEach(() => {
    expect(hosted.errors).toEqual([])
    expect(hosted.project.failures).toEqual([])
  })
  afterAll(() => hosted?.close())

  const clientOf = (key: string) =>
    createClient(hosted.project.url, key, {
      auth: { persistSession: false, autoRefreshToken: false, storageKey: randomUUID() },
    })
  const admin = () => clientOf(hosted.project.serviceRoleKey).auth.admin

  async function newcomer() {
    const config = await fetch(`${hosted.urls[0]}/config.json`)
    expect(await config.json()).toMatchObject({ mode: 'supabase', supabaseUrl: hosted.project.url })
    const { auth } = clientOf(hosted.project.anonKey)
    const email = `person-${randomUUID()}@example.com`
    const { data, error } = await auth.signUp({ email, password: PASSWORD })
    if (error || !data.session) throw error ?? new Error('no session')
    const token = data.session.access_token
    const ask = (url: string | undefined, path: string, body?: unknown, accept = 'application/json') =>
      fetch(`${url}${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
    return { auth, email, userId: data.session.user.id, ask }
  }
  type Newcomer = Awaited<ReturnType<typeof newcomer>>

  it('leaves schema auth to the project, where the gateway can neither write nor be granted to', async () => {
    const db = await openPostgres({ connectionString: hosted.database.url, max: 1 })
    const asOwner = (sql: string) => db.transaction('owner', (tx) => tx.query(sql))
    await expect(asOwner('create table auth.ours (id int)')).rejects.toMatchObject({ code: '42501' })
    await expect(db.query('select from auth.users')).rejects.toMatchObject({ code: '42501' })
    const [login] = await asOwner('select rolsuper, rolbypassrls from pg_roles where rolname = current_user')
    expect(login).toEqual({ rolsuper: false, rolbypassrls: true })
    await db.close()
  })

  it('lets in who signed up at the project, by its key set, and has no sign-in of its own', async () => {
    const { ask } = await newcomer()
    const reply = await ask(hosted.urls[0], '/api/chat/message', { message: 'hello' })
    expect(reply.status).toBe(200)
    expect((await ask(hosted.urls[1], '/api/conversations')).status).toBe(200)
    expect(await expectProblem(await ask(hosted.urls[0], '/auth/v1/user'))).toBe('not_found')
    const forged = await fetch(`${hosted.urls[0]}/api/profile`, {
      headers: { authorization: `Bearer ${hosted.project.serviceRoleKey}` },
    })
    expect(await expectProblem(forged)).toBe('unauthorized')
  })

  const WAYS: [string, (person: Newcomer) => Promise<{ error: unknown }>][] = [
    ['a sign-out', ({ auth }) => auth.signOut()],
    ['a ban', ({ userId }) => admin().updateUserById(userId, { ban_duration: '1h' })],
    ['a deletion', ({ userId }) => admin().deleteUser(userId)],
    ['a soft deletion', ({ userId }) => admin().deleteUser(userId, true)],
  ]

  it.each(WAYS)(
    '%s at the project ends requests and streams on every gateway within five seconds',
    async (_, lose) => {
      const person = await newcomer()
      const message = 'lost [[words:400]] [[pace:25]]'
      const stream = await person.ask(hosted.urls[0], '/api/chat/message', { message }, 'text/event-stream')
      const feeds = await Promise.all(hosted.urls.map((url) => person.ask(url, '/api/events')))
      const ends = [stream, ...feeds].map(async (response) => {
        expect(response.status).toBe(200)
        await readEvents(response)
        return performance.now()
      })
      await sleep(500)
      expect((await lose(person)).error).toBeNull()
      const lostAt = performance.now()
      for (const at of await Promise.all(ends)) {
        expect(at - lostAt).toBeGreaterThan(-50)
        expect(at - lostAt).toBeLessThan(WITHIN_MS)
      }
      for (const url of hosted.urls) {
        expect(await expectProblem(await person.ask(url, '/api/profile'))).toBe('unauthorized')
      }
    },
    30_000,
  )

  it('a session that comes for the first time after its end is not let in even once', async () => {
    const person = await newcomer()
    await person.auth.signOut()
    for (const url of hosted.urls) expect((await person.ask(url, '/api/profile')).status).toBe(401)
  })

  it('the end of a ban at the project lets the person in again', async () => {
    const { userId, ask } = await newcomer()
    const status = async () => (await ask(hosted.urls[0], '/api/profile')).status
    expect(await status()).toBe(200)
    await admin().updateUserById(userId, { ban_duration: '1h' })
    await expect.poll(status, { timeout: WITHIN_MS, interval: 250 }).toBe(401)
    await admin().updateUserById(userId, { ban_duration: 'none' })
    await expect.poll(status, { timeout: WITHIN_MS, interval: 250 }).toBe(200)
  }, 15_000)

  it('a second factor enrolled at the project must be proved here too', async () => {
    const { auth, email, ask } = await newcomer()
    expect((await ask(hosted.urls[0], '/api/profile')).status).toBe(200)
    const { data } = await auth.mfa.enroll({ factorType: 'totp', friendlyName: 'phone' })
    const { id: factorId, totp } = data ?? { id: '', totp: { secret: '' } }
    const code = (steps: number) =>
      new TOTP({ secret: totp.secret }).generate({ timestamp: Date.now() + steps * 30_000 })
    expect((await auth.mfa.challengeAndVerify({ factorId, code: code(-1) })).error).toBeNull()
    const again = await auth.signInWithPassword({ email, password: PASSWORD })
    const status = async (token: string | undefined) => {
      const headers = { authorization: `Bearer ${token}` }
      return (await fetch(`${hosted.urls[0]}/api/profile`, { headers })).status
    }
    await expect
      .poll(() => status(again.data.session?.access_token), { timeout: WITHIN_MS, interval: 250 })
      .toBe(403)
    const proved = await auth.mfa.challengeAndVerify({ factorId, code: code(0) })
    expect(await status(proved.data?.access_token)).toBe(200)
  }, 15_000)

  it('asks nothing of the project’s tables while there is nobody', async () => {
    // Those of the tests before are forgotten a minute after they came; a gateway of its own has none.
    const quiet = await startOnHostedSupabase()
    try {
      const scans = async () => {
        const db = await openPostgres({ connectionString: quiet.database.url, max: 1 })
        const [row] = await db.transaction('owner', (tx) =>
          tx.query<{ calls: number }>(
            `select coalesce(sum(seq_scan + idx_scan), 0)::int as calls from pg_stat_all_tables where schemaname = 'auth' and relname = 'sessions'`,
          ),
        )
        await db.close()
        return row?.calls
      }
      const before = await scans()
      await sleep(5_000)
      expect(await scans()).toBe(before)
    } finally {
      await quiet.close()
    }
  }, 30_000)

  it('says at the start, and in the doctor, when the login may not look', async () => {
    const check = checks.find(({ id }) => id === 'signins-readable')
    const db = await openPostgres({ connectionString: hosted.database.url, max: 1 })
    const context = { config: hosted.config, database: async () => db } as unknown as Parameters<
      NonNullable<typeof check>['probe']
    >[0]
    expect(await check?.probe(context)).toMatchObject({ status: 'ok' })
    await hosted.database.asSupport('revoke select on auth.sessions from hosted_postgres cascade')
    expect(await check?.probe(context)).toMatchObject({ status: 'failed' })
    await hosted.database.asSupport('grant select on auth.sessions to hosted_postgres')
    await db.close()
  })
})
