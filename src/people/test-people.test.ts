import { expect, it } from 'vitest'
import { signUpCreator } from '../../test/support/creator.ts'
import { onEachGateway } from '../../test/support/each-gateway.ts'
import { createTestPeople } from './test-people.ts'

onEachGateway('throw-away people of a load test', (gateway) => {
  const begin = (request: Request, body: object) => request('/api/admin/loadtest', { method: 'POST', body })
  type Request = Awaited<ReturnType<typeof signUpCreator>>['request']

  it('chat with tokens that can do no more, and are gone with all they wrote', async () => {
    const { url } = gateway()
    const creator = await signUpCreator(gateway())
    const made = await begin(creator.request, { people: 3, seconds: 60 })
    expect(made.status).toBe(201)
    const { run, tokens, expiresAt } = (await made.json()) as {
      run: string
      tokens: string[]
      expiresAt: string
    }
    expect(new Set(tokens).size).toBe(3)
    expect(Date.parse(expiresAt) - Date.now()).toBeLessThan(3_700_000)
    const as = (path: string, init: RequestInit = {}) =>
      fetch(url + path, {
        ...init,
        headers: { authorization: `Bearer ${tokens[0]}`, 'content-type': 'application/json' },
      })
    const sent = await as('/api/chat/message', { method: 'POST', body: JSON.stringify({ message: 'hello' }) })
    expect(sent.status).toBe(200)
    for (const path of ['/api/admin/users', '/api/tokens']) expect((await as(path)).status).toBe(403)
    expect((await as('/api/account', { method: 'DELETE' })).status).toBe(403)

    const ended = await creator.request(`/api/admin/loadtest/${run}`, { method: 'DELETE' })
    expect(await ended.json()).toEqual({ removed: 3, left: 0 })
    expect((await as('/api/profile')).status).toBe(401)
    expect(await (await creator.request(`/api/admin/loadtest/${run}`, { method: 'DELETE' })).json()).toEqual({
      removed: 0,
      left: 0,
    })
  })

  it('are made for the creator alone, and removing takes nobody else', async () => {
    const other = await gateway().signUp()
    expect((await begin(other.request, { people: 1 })).status).toBe(403)
    const creator = await signUpCreator(gateway())
    expect((await begin(creator.request, { people: 201 })).status).toBe(400)
    for (const run of ['%', '%25', '_', `${Date.now()}`]) {
      const ended = await creator.request(`/api/admin/loadtest/${encodeURIComponent(run)}`, {
        method: 'DELETE',
      })
      expect(ended.status).toBe(404)
    }
    const none = await creator.request('/api/admin/loadtest/tp4uws-0f0f0f0f', { method: 'DELETE' })
    expect(await none.json()).toEqual({ removed: 0, left: 0 })
    expect((await other.request('/api/profile')).status).toBe(200)
  })

  it('that a killed test left are removed by the next once their tokens have ended, however old they are', async () => {
    const creator = await signUpCreator(gateway())
    await begin(creator.request, { people: 2 })
    const { db } = gateway()
    const left = async () =>
      (await db.query(`select from auth.users where email like '%@loadtest.invalid'`, [])).length
    expect(await left()).toBe(2)
    await begin(creator.request, { people: 1 })
    expect(await left()).toBe(3)
    await db.query(
      `update auth.users set created_at = now() - interval '23 hours' where email like '%@loadtest.invalid'`,
      [],
    )
    await begin(creator.request, { people: 1 })
    expect(await left(), 'a long test may still be at work with them').toBe(4)
    await db.query(
      `update public.access_tokens set expires_at = now() where name like 'load test %' and user_id in
         (select id from auth.users where created_at < now() - interval '1 hour')`,
      [],
    )
    await begin(creator.request, { people: 1 })
    expect(await left()).toBe(2)
  })
})

it('who were made before making them failed are removed', async () => {
  const accounts = new Map<string, string>()
  const failure = new Error('no token')
  let tokens = 0
  const people = createTestPeople({
    db: { query: async (sql: string) => (sql.includes('not exists') ? [] : rowsOf(accounts)) } as never,
    audit: { act: (_entry: unknown, work: () => unknown) => work() } as never,
    people: { byId: async (userId: string) => ({ userId }), forget: () => {} } as never,
    accessTokens: {
      create: async () => {
        tokens += 1
        if (tokens === 3) throw failure
        return { token: 'x' }
      },
    } as never,
    erase: async () => undefined as never,
    passes: { make: () => 'pass' },
    async create(email) {
      accounts.set(email, email)
      return email
    },
    remove: async (userId) => void accounts.delete(userId),
  })
  await expect(people.begin('cli:test', { people: 30, seconds: 60, simulated: false })).rejects.toBe(failure)
  expect(tokens).toBe(3)
  expect([...accounts]).toEqual([])
})

function rowsOf(accounts: ReadonlyMap<string, string>) {
  return [...accounts.keys()].map((user_id) => ({ user_id }))
}
