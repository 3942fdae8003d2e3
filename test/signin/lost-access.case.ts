import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@supabase/supabase-js'
import { expect, it } from 'vitest'
import { openPostgres } from '../../src/db/postgres.ts'
import { readEvents } from '../support/events.ts'
import type { TestGateway, Visitor } from '../support/gateway.ts'
import { expectProblem } from '../support/problems.ts'

/** Within this time whoever lost their right has lost what they had open, in ms. */
const WITHIN_MS = 5_000
const LONG = '[[words:400]] [[pace:25]]'

/** What a person loses, at each gateway of `urls`, whichever way they lose their right. */
export function lostAccessCases(gateway: () => TestGateway, urls: () => string[]): void {
  const service = () => gateway().running.services.signin?.keys.serviceRoleKey.reveal() ?? ''
  const admin = () => createClient(gateway().url, service(), { auth: { persistSession: false } }).auth.admin

  async function asOwner(sql: string, userId: string): Promise<void> {
    if (gateway().databaseUrl === '') {
      await gateway().db.query(sql, [userId])
      return
    }
    const owner = await openPostgres({ connectionString: gateway().databaseUrl, max: 1 })
    await owner.transaction('owner', (tx) => tx.query(sql, [userId]))
    await owner.close()
  }

  const WAYS: [string, (visitor: Visitor) => Promise<unknown>, string][] = [
    [
      'signing out',
      (visitor) => visitor.request('/auth/v1/logout?scope=global', { method: 'POST' }),
      'unauthorized',
    ],
    ['a ban', ({ userId }) => admin().updateUserById(userId, { ban_duration: '1h' }), 'unauthorized'],
    ['deletion', ({ userId }) => admin().deleteUser(userId), 'unauthorized'],
    ['soft deletion', ({ userId }) => admin().deleteUser(userId, true), 'unauthorized'],
    [
      'another role at sign-in',
      ({ userId }) => admin().updateUserById(userId, { role: 'auditor' }),
      'unauthorized',
    ],
    [
      'suspension',
      ({ userId }) =>
        asOwner(`update public.user_profiles set status = 'suspended' where user_id = $1`, userId),
      'account_suspended',
    ],
  ]

  /** Opens a reply where it is made, and a follower of it and a feed everywhere; resolves to when each of them ended. */
  async function openStreams(visitor: Visitor) {
    const body = { message: `lost ${LONG}` }
    const first = await visitor.request('/api/chat/message', {
      method: 'POST',
      body,
      accept: 'text/event-stream',
    })
    await sleep(300)
    const [generation] = await gateway().db.query<{ id: string }>(
      'select id from public.generations where user_id = $1',
      [visitor.userId],
    )
    const answers = urls().map((at) => visitor.request(`/api/generations/${generation?.id}/events`, { at }))
    const feeds = urls().map((at) => visitor.request('/api/events', { at }))
    const streams = [first, ...(await Promise.all(answers)), ...(await Promise.all(feeds))].map(
      async (response) => {
        expect(response.status).toBe(200)
        const events = await readEvents(response)
        return { at: performance.now(), events }
      },
    )
    await sleep(300)
    return streams
  }

  it.each(WAYS)(
    '%s ends requests and open streams everywhere within five seconds',
    async (_, lose, code) => {
      const visitor = await gateway().signUp()
      const streams = await openStreams(visitor)
      const answer = (await lose(visitor)) as { error?: unknown } | undefined
      expect(answer?.error ?? null).toBeNull()
      const lostAt = performance.now()
      for (const { at, events } of await Promise.all(streams)) {
        expect(at - lostAt).toBeLessThan(WITHIN_MS)
        expect(events.map(({ event }) => event)).not.toContain('done')
      }
      for (const at of urls()) {
        expect(await expectProblem(await visitor.request('/api/profile', { at }), at)).toBe(code)
      }
    },
    20_000,
  )

  it('a change of role in Helix ends open streams; the person goes on as who they have become', async () => {
    const visitor = await gateway().signUp()
    const streams = await openStreams(visitor)
    await asOwner(`update public.user_profiles set role = 'creator' where user_id = $1`, visitor.userId)
    const lostAt = performance.now()
    for (const { at } of await Promise.all(streams)) expect(at - lostAt).toBeLessThan(WITHIN_MS)
    for (const at of urls()) {
      expect((await visitor.request('/api/profile', { at })).status).toBe(200)
    }
  }, 20_000)

  it('the end of a suspension lets the person in again, at once', async () => {
    const visitor = await gateway().signUp()
    const set = (status: string) =>
      asOwner(`update public.user_profiles set status = '${status}' where user_id = $1`, visitor.userId)
    expect((await visitor.request('/api/profile')).status).toBe(200)
    await set('suspended')
    await expect.poll(async () => (await visitor.request('/api/profile')).status).toBe(403)
    await set('active')
    await expect.poll(async () => (await visitor.request('/api/profile')).status).toBe(200)
  })

  it('a revoked access token ends the streams it opened, everywhere', async () => {
    const visitor = await gateway().signUp()
    const body = { name: 'curl', scopes: ['read'] }
    const made = await visitor.request('/api/tokens', { method: 'POST', body })
    const { id, token } = (await made.json()) as { id: string; token: string }
    const streams = urls().map(async (url) => {
      const response = await fetch(`${url}/api/events`, { headers: { authorization: `Bearer ${token}` } })
      expect(response.status).toBe(200)
      await readEvents(response)
      return performance.now()
    })
    await sleep(500)
    await visitor.request(`/api/tokens/${id}`, { method: 'DELETE' })
    const lostAt = performance.now()
    for (const at of await Promise.all(streams)) {
      expect(at - lostAt).toBeGreaterThan(-50)
      expect(at - lostAt).toBeLessThan(WITHIN_MS)
    }
  }, 20_000)

  it('the reply goes on although its reader was sent away', async () => {
    const visitor = await gateway().signUp()
    const body = { message: 'sent away [[words:60]] [[pace:25]]' }
    const stream = await visitor.request('/api/chat/message', {
      method: 'POST',
      body,
      accept: 'text/event-stream',
    })
    await sleep(300)
    await visitor.request('/auth/v1/logout?scope=global', { method: 'POST' })
    expect((await readEvents(stream)).at(-1)?.event).toBe('delta')
    const status = async () => {
      const [row] = await gateway().db.query<{ status: string }>(
        `select status from public.session_messages where user_id = $1 and role = 'assistant'`,
        [visitor.userId],
      )
      return row?.status
    }
    await expect.poll(status, { timeout: 10_000 }).toBe('complete')
  }, 20_000)
}
