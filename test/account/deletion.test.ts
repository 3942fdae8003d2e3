import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { verifyDatabase } from '../../src/audit/verify-database.ts'
import type { SendResponse } from '../../src/contract/chat.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { tokenOf } from '../support/access-tokens.ts'
import { onEachGateway } from '../support/each-gateway.ts'
import type { Visitor } from '../support/gateway.ts'
import { expectProblem } from '../support/problems.ts'
import { tracesOf } from '../support/traces.ts'

const CONFIRMED = { confirm: 'delete my account' }
const PASSWORD = 'correct horse battery'

onEachGateway('deleting an account', (gateway, engine) => {
  const remove = (visitor: Visitor, body: unknown = CONFIRMED, at = gateway().url) =>
    visitor.request('/api/account', { method: 'DELETE', body, at })
  const send = (visitor: Visitor, message: string, more = {}) =>
    visitor.request('/api/chat/message', { method: 'POST', body: { message, ...more } })
  const emailOf = async ({ userId }: Visitor) => {
    const [row] = await gateway().db.query<{ email: string }>('select email from auth.users where id = $1', [
      userId,
    ])
    return row?.email ?? ''
  }
  const post = (path: string, body: unknown) =>
    fetch(`${gateway().url}/auth/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  /** Where there are traces but for the counters of rate limits, which are written late and go by themselves. */
  async function lasting(text: string): Promise<Record<string, number>> {
    const { 'public.rate_limits': _, ...found } = await tracesOf(gateway().db, text)
    return found
  }

  /** A person with something in everything there is. */
  async function settled(): Promise<Visitor> {
    const visitor = await gateway().signUp()
    const first = (await (await send(visitor, 'first')).json()) as SendResponse
    const { sessionKey, message } = first
    await send(visitor, 'second', { sessionKey })
    await visitor.request(`/api/conversations/${sessionKey}/regenerate`, {
      method: 'POST',
      body: { messageId: message.id },
    })
    await send(visitor, 'another talk')
    await visitor.request('/api/profile', { method: 'PATCH', body: { displayName: 'Ada' } })
    await tokenOf(visitor)
    return visitor
  }

  it('leaves no row with their id or address anywhere, and nothing of anybody else’s less', async () => {
    const { db } = gateway()
    const [ada, bob] = [await settled(), await settled()]
    const email = await emailOf(ada)
    expect(Object.keys(await tracesOf(db, ada.userId)).length).toBeGreaterThan(8)
    expect(await tracesOf(db, email)).toHaveProperty(['auth.users'])
    const bobs = await lasting(bob.userId)
    const [actor] = await db.query<{ actor: string }>('select actor from audit_actors where user_id = $1', [
      ada.userId,
    ])
    const ledger = () =>
      db.query('select sum(cost_nano_usd)::bigint as cost, count(*) as calls from usage_ledger')
    const paid = await ledger()
    const { token } = await tokenOf(ada)

    expect((await remove(ada, { confirm: email.toUpperCase() })).status).toBe(204)

    expect(await lasting(ada.userId)).toEqual({})
    expect(await lasting(email)).toEqual({})
    expect(await lasting(bob.userId)).toEqual(bobs)
    expect(await ledger()).toEqual(paid)
    expect((await send(bob, 'still here')).status).toBe(200)

    const entries = await db.query<{ seq: number; kind: string; data: Record<string, unknown> }>(
      `select seq, kind, data from audit_entries where actor = $1 and kind like 'account.%' order by seq`,
      [actor?.actor ?? ''],
    )
    expect(entries.map(({ kind }) => kind)).toEqual(['account.delete.request', 'account.delete.response'])
    expect(entries[1]?.data).toEqual({ intent: entries[0]?.seq, outcome: 'ok' })
    expect((await verifyDatabase(db, { graceMs: 0 })).findings).toEqual([])

    for (const bearer of [ada.token, token]) {
      const answer = await fetch(`${gateway().url}/api/profile`, {
        headers: { authorization: `Bearer ${bearer}` },
      })
      expect(answer.status).toBe(401)
    }
    const signIn = await post('token?grant_type=password', { email, password: PASSWORD })
    expect(await signIn.json()).toMatchObject({ error_code: 'invalid_credentials' })
    expect((await post('signup', { email, password: PASSWORD })).status).toBe(200)
  }, 30_000)

  it('stops replies under way first, and leaves no intent open', async () => {
    const { db, stub } = gateway()
    const ada = await gateway().signUp()
    const following = await ada.request('/api/chat/message', {
      method: 'POST',
      body: { message: 'long [[words:400]] [[pace:50]]' },
      accept: 'text/event-stream',
    })
    const body = following.text()
    await sleep(300)
    const before = performance.now()
    expect((await remove(ada)).status).toBe(204)
    expect(performance.now() - before).toBeLessThan(5_000)
    expect(await body).toContain('event: start')
    expect(stub.requests.length).toBeGreaterThan(0)
    expect(await lasting(ada.userId)).toEqual({})
    expect((await verifyDatabase(db, { graceMs: 0 })).findings).toEqual([])
  }, 20_000)

  it('refuses a turn that was on its way, as one of nobody', async () => {
    const ada = await gateway().signUp()
    const { turns, people } = gateway().running.services
    const asker = { userId: ada.userId, ...(await people.arrive(ada.userId)) }
    await remove(ada)
    const late = turns.send({ kind: 'send', asker, message: 'late', receivedAt: performance.now() })
    await expect(late).rejects.toMatchObject({ code: 'unauthorized' })
    expect(await lasting(ada.userId)).toEqual({})
  })

  it('by whatever hand, in the middle of a reply, closes that reply’s intent', async () => {
    const { db } = gateway()
    const ada = await gateway().signUp()
    const following = await ada.request('/api/chat/message', {
      method: 'POST',
      body: { message: 'long [[words:400]] [[pace:50]]' },
      accept: 'text/event-stream',
    })
    const body = following.text().catch(() => '')
    await sleep(300)
    await db.query('delete from auth.users where id = $1', [ada.userId])
    const [last] = await db.query<{ data: unknown; actor: string }>(
      `select actor, data from audit_entries where kind = 'claude.response' order by seq desc limit 1`,
    )
    expect(last).toMatchObject({
      actor: expect.stringMatching(/^gateway:/),
      data: { outcome: 'abandoned', intent: expect.any(Number) },
    })
    await body
    expect((await verifyDatabase(db, { graceMs: 0 })).findings).toEqual([])
    await expect.poll(async () => (await ada.request('/api/profile')).status, { timeout: 5_000 }).toBe(401)
  }, 20_000)

  it('wants to be confirmed, by a session that was begun lately, and never by an access token', async () => {
    const ada = await gateway().signUp()
    const email = await emailOf(ada)
    for (const confirm of ['', 'yes', 'delete', 'someone@example.com']) {
      expect(await expectProblem(await remove(ada, { confirm }))).toBe('consent_required')
    }
    for (const body of [{}, { confirm: true }, { ...CONFIRMED, userId: randomUUID() }, [], null]) {
      expect(await expectProblem(await remove(ada, body))).toBe('request_invalid')
    }
    const { token } = await tokenOf(ada, ['read', 'chat', 'account'])
    const byToken = await fetch(`${gateway().url}/api/account`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(CONFIRMED),
    })
    expect(await expectProblem(byToken)).toBe('scope_missing')

    const session = await (await post('token?grant_type=password', { email, password: PASSWORD })).json()
    await gateway().db.query(
      `update auth.mfa_amr_claims set created_at = now() - interval '11 minutes', updated_at = now() - interval '11 minutes'`,
    )
    const renewed = await (
      await post('token?grant_type=refresh_token', { refresh_token: session.refresh_token })
    ).json()
    const stale = await remove({
      ...ada,
      request: (path, { method = 'GET', body } = {}) =>
        fetch(gateway().url + path, {
          method,
          headers: { authorization: `Bearer ${renewed.access_token}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
    })
    expect(await stale.clone().json()).toMatchObject({ maxAgeSeconds: 600 })
    expect(await expectProblem(stale)).toBe('reauthentication_needed')
    expect(await tracesOf(gateway().db, ada.userId)).toHaveProperty(['auth.users'])
    const announced = await gateway().db.query(
      `select from audit_entries where kind = 'account.delete.request' and actor = (
        select actor from audit_actors where user_id = $1)`,
      [ada.userId],
    )
    expect(announced).toEqual([])
  })

  it('is for everybody whose the installation is not, whatever their profile or the settings said before', async () => {
    const { db } = gateway()
    const ada = await settled()
    await db.query(`update user_profiles set role = 'creator', trust_level = 1 where user_id = $1`, [
      ada.userId,
    ])
    await sleep(200)
    expect(await (await ada.request('/api/profile')).json()).toMatchObject({ creator: false })
    await db.query(
      `insert into settings (key, value) values ('creator_id', to_jsonb($1::text))
       on conflict (key) do update set value = excluded.value`,
      [ada.userId],
    )
    expect((await remove(ada)).status).toBe(204)
    expect(await lasting(ada.userId)).toEqual({})
    expect(await db.query(`select from settings where key = 'creator_id'`)).toEqual([])
  }, 20_000)

  it('refuses the creator before anything of theirs is gone', async () => {
    const ada = await settled()
    const { people } = gateway().running.services
    const rows = async () => {
      const { 'public.user_events': _, ...others } = await lasting(ada.userId)
      return others
    }
    const before = await rows()
    people.setCreator(ada.userId)
    try {
      expect(await expectProblem(await remove(ada))).toBe('creator_account')
      expect((await ada.request('/api/profile')).status).toBe(200)
      expect(await rows()).toEqual(before)
    } finally {
      people.setCreator(null)
    }
  }, 20_000)

  it('asked for twice at once is no failure', async () => {
    for (const wait of [0, 0, 4, 8, 15]) {
      const ada = await gateway().signUp()
      await send(ada, 'hello')
      const first = remove(ada)
      await sleep(wait)
      const statuses = (await Promise.all([first, remove(ada)])).map(({ status }) => status).sort()
      expect(statuses[0]).toBe(204)
      expect([204, 401]).toContain(statuses[1])
    }
  }, 20_000)

  describe.skipIf(engine === 'pglite')('by the administrator', () => {
    it('waits for a reply that ends, instead of for what waits for it', async () => {
      const { databaseUrl, running, url } = gateway()
      const owner = await openPostgres({ connectionString: databaseUrl })
      const ada = await gateway().signUp()
      const key = running.services.signin?.keys.serviceRoleKey.reveal()
      await owner.transaction('owner', (tx) =>
        tx.script(`
          create function public.slow() returns trigger language plpgsql as
            $$ begin perform pg_sleep(0.4); return new; end $$;
          create trigger slow before insert on public.usage_ledger
            for each row execute function public.slow()`),
      )
      const reply = send(ada, 'hi')
      const asleep = () =>
        owner.transaction('owner', (tx) =>
          tx.query(
            `select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
          ),
        )
      await expect.poll(async () => (await asleep()).length, { interval: 5, timeout: 5_000 }).toBe(1)
      const deleted = await fetch(`${url}/auth/v1/admin/users/${ada.userId}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${key}` },
      })
      await owner.transaction('owner', (tx) =>
        tx.script('drop trigger slow on public.usage_ledger; drop function public.slow()'),
      )
      await owner.close()
      expect([deleted.status, (await reply).status]).toEqual([200, 200])
      expect(await lasting(ada.userId)).toEqual({})
    }, 20_000)
  })

  describe.skipIf(engine === 'pglite')('on another gateway', () => {
    it('is heard within 5 s: sessions and tokens are refused there', async () => {
      const other = await gateway().another()
      const ada = await gateway().signUp()
      const { token } = await tokenOf(ada)
      const ask = (bearer: string) =>
        fetch(`${other.url}/api/profile`, { headers: { authorization: `Bearer ${bearer}` } })
      for (const bearer of [ada.token, token]) expect((await ask(bearer)).status).toBe(200)
      await remove(ada)
      const until = Date.now() + 5_000
      for (const bearer of [ada.token, token]) {
        let status = 200
        while (status === 200 && Date.now() < until) {
          await sleep(50)
          status = (await ask(bearer)).status
        }
        expect(status).toBe(401)
      }
    }, 15_000)
  })
})
