import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import type { SendResponse } from '../../src/contract/chat.ts'
import { ExportDocument } from '../../src/contract/export.ts'
import { createExports } from '../../src/people/export/document.ts'
import { createProfiles } from '../../src/people/profiles.ts'
import { tokenOf } from '../support/access-tokens.ts'
import { onEachGateway } from '../support/each-gateway.ts'
import type { Visitor } from '../support/gateway.ts'
import { expectProblem } from '../support/problems.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Bytes this process cannot do without. */
function held(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Tables with a person in them of which the export has nothing, each for its reason. */
const LEFT_OUT = {
  generations: 'a reply under way or how it was made; the reply itself is in its message',
  user_events: 'copies of what changed, kept for a day for devices that catch up',
  revoked_sessions: 'sessions that ended within the hour',
  turn_allowances: 'a counter of the last minute',
}
const IN_IT = [
  ...['access_tokens', 'audit_actors', 'budgets', 'conversation_summaries', 'conversations'],
  ...['feedback', 'session_messages', 'usage_ledger', 'user_profiles'],
]

onEachGateway('taking everything along', (gateway, engine) => {
  async function talkative(): Promise<Visitor & { sessionKey: string }> {
    const visitor = await gateway().signUp()
    const send = (body: unknown, path = '/api/chat/message') =>
      visitor.request(path, { method: 'POST', body })
    const first = (await (await send({ message: 'my first words, “quoted” 👩‍💻' })).json()) as SendResponse
    const { sessionKey, message } = first
    await send({ messageId: message.id }, `/api/conversations/${sessionKey}/regenerate`)
    await send({ message: 'and on', sessionKey })
    await send({ messageId: message.id, rating: 'down', comment: 'my own words' }, '/api/feedback')
    const gone = (await (await send({ message: 'soon deleted' })).json()) as SendResponse
    await visitor.request(`/api/conversations/${gone.sessionKey}`, { method: 'DELETE' })
    return { ...visitor, sessionKey }
  }

  const everything = async (visitor: Visitor) =>
    ExportDocument.parse(await (await visitor.request('/api/export')).json())

  it('gives every branch, call, token, session and entry of the person, and nothing of another', async () => {
    const [ada, bob] = [await talkative(), await talkative()]
    const { token, id } = await tokenOf(ada, ['account'])
    const { db } = gateway()
    const answer = await fetch(`${gateway().url}/api/export`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="helix-export-\d{4}-\d\d-\d\d\.json"$/,
    )
    const text = await answer.text()
    const document = ExportDocument.parse(JSON.parse(text))

    expect(document.userId).toBe(ada.userId)
    expect(document.account).toMatchObject({
      email: expect.stringMatching(/^person-.*@example.com$/),
      identities: [{ provider: 'email' }],
      sessions: [{ id: expect.any(String) }],
    })
    expect(document.accessTokens).toMatchObject([{ id, revokedAt: null, scopes: ['account'] }])
    const talk = document.conversations.find(({ sessionKey }) => sessionKey === ada.sessionKey)
    expect(talk?.messages.map(({ role }) => role)).toEqual([
      ...['user', 'assistant', 'assistant', 'user', 'assistant'],
    ])
    expect(talk?.messages[0]?.content).toBe('my first words, “quoted” 👩‍💻')
    expect(talk?.messages[2]?.parentId).toBe(talk?.messages[0]?.id)
    expect(document.conversations.map(({ deleted }) => deleted).sort()).toEqual([false, true])
    const [counts] = await db.query<{ calls: number; entries: number; actor: string }>(
      `select (select count(*) from usage_ledger where user_id = $1) as calls, actor,
         (select count(*) from audit_entries e where e.actor = a.actor) as entries
       from audit_actors a where user_id = $1`,
      [ada.userId],
    )
    expect(document.usage).toHaveLength(counts?.calls ?? -1)
    expect(document.audit.pseudonym).toBe(counts?.actor)
    expect(document.audit.entries).toHaveLength(counts?.entries ?? -1)
    expect(document.audit.entries.map(({ kind }) => kind)).toContain('token.create')

    expect(document.feedback).toMatchObject([{ rating: 'down', comment: 'my own words' }])

    for (const secret of [
      token.slice(17),
      ada.token,
      'secret_hash',
      'encrypted_password',
      bob.userId,
      bob.sessionKey,
    ]) {
      expect(text).not.toContain(secret)
    }
    const [row] = await db.query<{ hash: string; secret: string }>(
      `select encrypted_password as hash, (select secret_hash from access_tokens where id = $2) as secret
       from auth.users where id = $1`,
      [ada.userId, id],
    )
    expect(text).not.toContain(row?.hash)
    expect(text).not.toContain(row?.secret)
  })

  it('knows every table that has a person in it', async () => {
    const tables = await gateway().db.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attname = 'user_id'
         and not a.attisdropped order by 1`,
    )
    expect(tables.map(({ name }) => name)).toEqual([...IN_IT, ...Object.keys(LEFT_OUT)].sort())
  })

  it('is one document also where there is nothing yet, and nothing at HEAD', async () => {
    const newcomer = await gateway().signUp()
    const document = await everything(newcomer)
    expect(document).toMatchObject({ conversations: [], usage: [], accessTokens: [], complete: true })
    const head = await newcomer.request('/api/export', { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  it('wants the scope account', async () => {
    const ada = await gateway().signUp()
    const { token } = await tokenOf(ada, ['read', 'chat'])
    const answer = await fetch(`${gateway().url}/api/export`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(await expectProblem(answer)).toBe('scope_missing')
  })

  /** Gives a person one conversation of so many messages of so many characters. */
  async function fill(
    { userId, sessionKey }: Visitor & { sessionKey: string },
    count: number,
    length: number,
  ) {
    await gateway().db.query(
      `insert into session_messages (user_id, session_key, role, content)
       select $1, $2, 'user', n || repeat('x', $4 - length(n::text)) from generate_series(1, $3) as n`,
      [userId, sessionKey, count, length],
    )
  }

  it('holds nothing for a slow reader: others go on, no connection waits, and a cut reader costs nothing more', async () => {
    const ada = await talkative()
    await fill(ada, 3_000, 10_000)
    const { db } = gateway()
    const abort = new AbortController()
    const answer = await ada.request('/api/export', { signal: abort.signal })
    const reader = answer.body?.getReader()
    await reader?.read()
    await sleep(500)
    if (engine === 'postgres') {
      const busy = await db.query(
        `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
         and state like 'idle in transaction%'`,
      )
      expect(busy).toEqual([])
    }
    const before = performance.now()
    expect((await ada.request('/api/profile')).status).toBe(200)
    expect(performance.now() - before).toBeLessThan(1_000)
    abort.abort()
    for (let round = 0; round < 3; round += 1) {
      await expect.poll(async () => (await ada.request('/api/export', { method: 'HEAD' })).status).toBe(200)
    }
  }, 30_000)

  it('is made only as far as it is read', async () => {
    const ada = await talkative()
    await fill(ada, 2_000, 5_000)
    const { db } = gateway()
    let asked = 0
    const counting: typeof db = {
      ...db,
      query: (sql, params) => {
        asked += 1
        return db.query(sql, params)
      },
    }
    const document = createExports({
      db: counting,
      profiles: createProfiles(counting, { onChange: () => {}, isCreator: () => false }),
    }).document({
      userId: ada.userId,
      actor: 'person:x',
    })
    for (let piece = 0; piece < 12; piece += 1) await document.next()
    const until = asked
    await sleep(100)
    expect(asked).toBe(until)
    await document.return()
    expect(asked).toBe(until)
  })

  it('needs no more memory than a few pages, however much there is', async () => {
    const ada = await talkative()
    for (let round = 0; round < 4; round += 1) await fill(ada, 5_000, 2_000)
    const { db } = gateway()
    const document = createExports({
      db,
      profiles: createProfiles(db, { onChange: () => {}, isCreator: () => false }),
    }).document({ userId: ada.userId, actor: 'person:x' })
    const before = held()
    let [size, most, messages, looked] = [0, 0, 0, 0]
    for await (const piece of document) {
      size += piece.length
      messages += piece.split('"clientMessageId":').length - 1
      if (size - looked < 4_000_000) continue
      looked = size
      most = Math.max(most, held() - before)
    }
    expect(messages).toBeGreaterThan(20_000)
    expect(size).toBeGreaterThan(40_000_000)
    expect(looked).toBeGreaterThan(30_000_000)
    expect(most).toBeLessThan(12_000_000)
  }, 60_000)
})
