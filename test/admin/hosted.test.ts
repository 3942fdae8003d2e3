import { randomUUID } from 'node:crypto'
import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readLogId } from '../../src/audit/append.ts'
import { createAudit } from '../../src/audit/audit.ts'
import { LoadTestPeople } from '../../src/contract/admin/loadtest.ts'
import { AdminPeoplePage, AdminPerson } from '../../src/contract/admin/people.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { nameCreator } from '../../src/people/creator.ts'
import { keptMails } from '../../src/signin/mail/folder.ts'
import { hostedUnavailable } from '../support/hosted-database.ts'
import { startOnHostedSupabase } from '../support/hosted-supabase.ts'
import { expectProblem } from '../support/problems.ts'

const PASSWORD = 'correct horse battery'

describe.skipIf(hostedUnavailable)(`people of hosted Supabase ${hostedUnavailable ?? ''}`, () => {
  let hosted: Awaited<ReturnType<typeof startOnHostedSupabase>>
  let creator: Awaited<ReturnType<typeof newcomer>>
  beforeAll(async () => {
    hosted = await startOnHostedSupabase({ gateways: 2 })
    creator = await newcomer()
    const db = await openPostgres({ connectionString: hosted.database.url, max: 1 })
    await nameCreator({ db, audit: createAudit(db, await readLogId(db)) }, creator.userId, 'cli:test')
    await db.close()
  }, 60_000)
  afterAll(async () => {
    await hosted?.close()
    expect(hosted?.errors).toEqual([])
  })

  async function newcomer() {
    const { auth } = createClient(hosted.project.url, hosted.project.anonKey, {
      auth: { persistSession: false, autoRefreshToken: false, storageKey: randomUUID() },
    })
    const email = `person-${randomUUID()}@example.com`
    const { data } = await auth.signUp({ email, password: PASSWORD })
    const session = data.session?.access_token ?? ''
    const ask = (path: string, { method = 'GET', body, at = 0, accept }: Asked = {}) =>
      fetch(`${hosted.urls[at]}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${session}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(accept === undefined ? {} : { accept }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    return { auth, email, userId: data.user?.id ?? '', ask }
  }

  it('who take part in a load test are made at the project, ask no Claude, and are gone from it afterwards', async () => {
    const admin = createClient(hosted.project.url, hosted.project.serviceRoleKey, {
      auth: { persistSession: false, autoRefreshToken: false, storageKey: randomUUID() },
    }).auth.admin
    const throwAway = async () => {
      const { data } = await admin.listUsers({ perPage: 1_000 })
      return data.users.filter(({ email }) => email?.endsWith('@loadtest.invalid')).length
    }
    const wanted = { people: 3, seconds: 60, simulated: true }
    const begun = await creator.ask('/api/admin/loadtest', { method: 'POST', body: wanted })
    expect(begun.status, await begun.clone().text()).toBe(201)
    const { run, tokens, passes } = LoadTestPeople.parse(await begun.json())
    expect(await throwAway()).toBe(3)
    const asked = hosted.stub.requests.length
    for (const [place, token] of tokens.entries()) {
      const sent = await fetch(`${hosted.urls[place % 2]}/api/chat/message`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'x-helix-load-test': passes[place] ?? '',
        },
        body: JSON.stringify({ message: 'Hello' }),
      })
      expect(sent.status).toBe(200)
      expect(await sent.json()).toMatchObject({ usage: { simulated: true } })
    }
    expect(hosted.stub.requests.length).toBe(asked)
    const old = await openPostgres({ connectionString: hosted.database.signinUrl, max: 1 })
    const left = await creator.ask('/api/admin/loadtest', { method: 'POST', body: { people: 1 } })
    expect(await throwAway()).toBe(4)
    await old.query(`update auth.users set created_at = now() - interval '1 hour' where email like $1`, [
      `${LoadTestPeople.parse(await left.json()).run}-%`,
    ])
    await old.close()
    const db = await openPostgres({ connectionString: hosted.database.url, max: 1 })
    await db.query(
      `update public.access_tokens set expires_at = now() where user_id in
         (select user_id from helix.signins(null) where created_at < now() - interval '50 minutes')`,
      [],
    )
    await db.close()
    const next = LoadTestPeople.parse(
      await (await creator.ask('/api/admin/loadtest', { method: 'POST', body: { people: 1 } })).json(),
    )
    expect(await throwAway(), 'those of a test that was killed are gone').toBe(4)
    await creator.ask(`/api/admin/loadtest/${next.run}`, { method: 'DELETE' })
    const ended = await creator.ask(`/api/admin/loadtest/${run}`, { method: 'DELETE', at: 1 })
    expect(await ended.json()).toEqual({ removed: 3, left: 0 })
    expect(await throwAway()).toBe(0)
    const profile = await fetch(`${hosted.urls[0]}/api/profile`, {
      headers: { authorization: `Bearer ${tokens[0]}` },
    })
    expect(profile.status).toBe(401)
  })

  it('who are suspended here lose every gateway, their streams, and their sign-in at the project', async () => {
    const ada = await newcomer()
    const stream = await ada.ask('/api/events', { accept: 'text/event-stream', at: 1 })
    expect(stream.status).toBe(200)
    const ended = stream.text().catch(() => 'cut')
    const change = (body: unknown) => creator.ask(`/api/admin/users/${ada.userId}`, { method: 'PATCH', body })
    const startedAt = Date.now()
    const suspended = AdminPerson.parse(await (await change({ suspended: true })).json())
    expect(suspended).toMatchObject({ suspended: true, email: ada.email })
    await ended
    for (const at of [0, 1]) {
      await expect
        .poll(async () => (await ada.ask('/api/profile', { at })).ok, { timeout: 5_000 })
        .toBe(false)
    }
    expect(Date.now() - startedAt).toBeLessThan(5_000)
    const again = () => ada.auth.signInWithPassword({ email: ada.email, password: PASSWORD })
    expect((await again()).error?.code).toBe('user_banned')
    await change({ suspended: false })
    expect((await again()).error).toBeNull()
    for (const at of [0, 1]) {
      await expect
        .poll(async () => (await ada.ask('/api/profile', { at })).status, { timeout: 5_000 })
        .toBe(200)
    }
  }, 30_000)

  it('are listed, and invited by a mail of the project', async () => {
    const email = `guest-${randomUUID()}@example.com`
    const invite = (to: string) => creator.ask('/api/admin/invites', { method: 'POST', body: { email: to } })
    const answer = await invite(email)
    expect(answer.status).toBe(201)
    const { userId } = (await answer.json()) as { userId: string }
    expect((await keptMails(hosted.project.dataDir, email))[0]?.kind).toBe('invite')
    const found = await (await creator.ask(`/api/admin/users?search=${email}`)).json()
    expect(AdminPeoplePage.parse(found).users).toMatchObject([{ userId, email, confirmed: false }])
    expect(await expectProblem(await invite(creator.email), 'known')).toBe('account_exists')
  })
})

interface Asked {
  method?: string
  body?: unknown
  at?: number
  accept?: string
}
