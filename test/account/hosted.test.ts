import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyDatabase } from '../../src/audit/verify-database.ts'
import type { CreatedToken } from '../../src/contract/tokens.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { hostedUnavailable } from '../support/hosted-database.ts'
import { startOnHostedSupabase } from '../support/hosted-supabase.ts'
import { tracesOf } from '../support/traces.ts'

const PASSWORD = 'correct horse battery'

describe.skipIf(hostedUnavailable)(`an account on hosted Supabase ${hostedUnavailable ?? ''}`, () => {
  let hosted: Awaited<ReturnType<typeof startOnHostedSupabase>>
  beforeAll(async () => {
    hosted = await startOnHostedSupabase({ gateways: 2 })
  }, 30_000)
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
    const ask = (path: string, method = 'GET', body?: unknown, bearer = session, at = 0) =>
      fetch(`${hosted.urls[at]}${path}`, {
        method,
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    return { auth, email, userId: data.user?.id ?? '', session, ask }
  }

  it('has access tokens, which a ban at the project closes within five seconds', async () => {
    const { ask, userId } = await newcomer()
    const made = await ask('/api/tokens', 'POST', { name: 'ci', scopes: ['read', 'account'] })
    const { token } = (await made.json()) as CreatedToken
    const profile = () => ask('/api/profile', 'GET', undefined, token, 1)
    expect((await profile()).status).toBe(200)
    expect((await ask('/api/profile', 'PATCH', { displayName: 'Ada' }, token)).status).toBe(200)
    const { admin } = createClient(hosted.project.url, hosted.project.serviceRoleKey).auth
    await admin.updateUserById(userId, { ban_duration: '1h' })
    await expect.poll(async () => (await profile()).ok, { timeout: 5_000 }).toBe(false)
  }, 15_000)

  it('is deleted at the project by its own person, with everything that hung on it here', async () => {
    const { ask, auth, email, userId, session } = await newcomer()
    await ask('/api/chat/message', 'POST', { message: 'hello' })
    const made = await ask('/api/tokens', 'POST', { name: 'ci', scopes: ['read'] })
    const { token } = (await made.json()) as CreatedToken
    const slow = ask('/api/chat/message', 'POST', { message: 'long [[words:400]] [[pace:50]]' })
    await sleep(300)

    expect((await ask('/api/account', 'DELETE', { confirm: email })).status).toBe(204)

    await (await slow).text()
    const db = await openPostgres({ connectionString: hosted.database.url, max: 1 })
    const { 'public.rate_limits': _, ...left } = await tracesOf(db, userId)
    expect(left).toEqual({})
    expect(await tracesOf(db, email)).toEqual({})
    expect((await verifyDatabase(db, { graceMs: 0 })).findings).toEqual([])
    await db.close()
    for (const bearer of [session, token]) {
      for (const at of [0, 1]) {
        await expect
          .poll(async () => (await ask('/api/profile', 'GET', undefined, bearer, at)).status, {
            timeout: 5_000,
          })
          .toBe(401)
      }
    }
    expect((await auth.signInWithPassword({ email, password: PASSWORD })).error).not.toBeNull()
  }, 30_000)
})
