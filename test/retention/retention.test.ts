import { expect, it } from 'vitest'
import { readHead } from '../../src/audit/append.ts'
import { verifyDatabase } from '../../src/audit/verify-database.ts'
import { sweep } from '../../src/retention/retention.ts'
import { onEachGateway } from '../support/each-gateway.ts'
import type { Visitor } from '../support/gateway.ts'

const KEPT = { conversationDays: 30, deletedDays: 7, eventsHours: 24, trafficDays: 7 }

onEachGateway('what is kept', (gateway) => {
  const run = (text: string, values: (string | number)[]) => gateway().db.query(text, values)
  const talk = async (visitor: Visitor) => {
    const answer = await visitor.request('/api/chat/message', {
      method: 'POST',
      body: { message: `the word is ${visitor.userId}` },
    })
    return ((await answer.json()) as { sessionKey: string }).sessionKey
  }
  const rowsOf = async (key: string) => {
    const [row] = await gateway().db.query<Record<string, number>>(
      `select (select count(*)::int from public.session_messages where session_key = $1) as messages,
        (select count(*)::int from public.generations where session_key = $1) as generations`,
      [key],
    )
    return row
  }
  const age = (key: string, days: number) =>
    run(
      `update public.conversations set last_message_at = now() - $2 * interval '1 day' where session_key = $1`,
      [key, days],
    )
  const swept = () => {
    const { audit, instance } = gateway().running.services
    return sweep({ db: gateway().db, audit, actor: `gateway:${instance}`, kept: KEPT })
  }

  it('goes when nobody wrote for long, as if its person had deleted it; others stay', async () => {
    const visitor = await gateway().signUp()
    const [old, young] = [await talk(visitor), await talk(visitor)]
    await age(old, 31)
    await age(young, 29)
    expect(await swept()).toEqual({ conversations: 1, rows: 0 })
    expect((await visitor.request(`/api/conversations/${old}`)).status).toBe(404)
    expect((await visitor.request(`/api/conversations/${young}`)).status).toBe(200)
    expect(await rowsOf(old)).toMatchObject({ messages: 2 })
  })

  it('leaves only its key once it was deleted for long, and nothing begins anew under that', async () => {
    const visitor = await gateway().signUp()
    const key = await talk(visitor)
    await visitor.request(`/api/conversations/${key}`, { method: 'DELETE' })
    expect(await swept()).toEqual({ conversations: 0, rows: 0 })
    await run(
      `update public.conversations set updated_at = now() - interval '8 days' where session_key = $1`,
      [key],
    )
    expect((await swept()).rows).toBeGreaterThan(2)
    expect(await rowsOf(key)).toEqual({ messages: 0, generations: 0 })
    const [left] = await run(
      'select title, memory_block, messages, erased from public.conversations where session_key = $1',
      [key],
    )
    expect(left).toEqual({ title: null, memory_block: null, messages: null, erased: true })
    const again = await visitor.request('/api/chat/message', {
      method: 'POST',
      body: { message: 'again', sessionKey: key },
    })
    expect(again.status).toBe(404)
    expect(await swept()).toEqual({ conversations: 0, rows: 0 })
  })

  it('is on the log before it goes, and what is gone breaks no chain and no account', async () => {
    const db = gateway().db
    const { log } = await readHead(db)
    const acts = await run(
      `select kind, data ->> 'rows' as rows from public.audit_entries where log_id = $1 and kind like 'retention.%' order by seq`,
      [log],
    )
    expect(acts.map(({ kind }) => kind)).toEqual([
      'retention.start',
      'retention.end',
      'retention.start',
      'retention.end',
    ])
    expect((await verifyDatabase(db, { graceMs: 0 })).findings).toEqual([])
  })
})
