import { expect } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import type { Sent } from './recorder.ts'

interface Stored {
  id: string
  role: string
  content: string
  status: string
  session_key: string
  generation_id: string
  client_message_id: string | null
  position: number
}

/** A call as the upstream saw it. */
export interface UpstreamCall {
  at: number
  body: unknown
  reply: string | null
}

/** Everything stored, once nothing is under way any more. */
export async function readStored(db: Database): Promise<Map<string, Stored[]>> {
  const rows = await db.query<Stored & Record<string, unknown>>(
    `select id, role, content, status, session_key, generation_id, client_message_id, position
     from session_messages order by position`,
  )
  return Map.groupBy(rows, ({ session_key }) => session_key)
}

/** Acknowledged messages are there once, in the order sent, and their replies are settled and truthful. */
export function expectNothingLost(
  sent: readonly Sent[],
  stored: ReadonlyMap<string, Stored[]>,
  calls: readonly UpstreamCall[],
): void {
  for (const one of sent) {
    const lines = stored.get(one.sessionKey) ?? []
    const questions = lines.filter(({ client_message_id }) => client_message_id === one.clientMessageId)
    expect(questions.length, `${one.marker} is stored ${questions.length} times`).toBeLessThanOrEqual(1)
    if (!one.acknowledged) continue
    expect(questions[0]?.id, `${one.marker} was acknowledged`).toBe(one.acknowledged.userMessageId)
    const reply = lines.find(({ id }) => id === one.acknowledged?.messageId)
    expect(reply, `${one.marker} has its reply`).toBeDefined()
    if (reply) expectTruthful(one, reply, calls)
  }
  expectOrder(sent, stored)
}

function expectTruthful(one: Sent, reply: Stored, calls: readonly UpstreamCall[]): void {
  const whole = calls.find(({ body }) => JSON.stringify(body).includes(`${one.marker} [[`))?.reply ?? ''
  expect(['complete', 'interrupted', 'failed'], `${one.marker} is ${reply.status}`).toContain(reply.status)
  if (one.terminal?.event === 'done') {
    expect(reply.content, `${one.marker} was shown as done`).toBe(one.shown)
    expect(reply.status).toBe('complete')
  }
  if (reply.status === 'complete') expect(reply.content, `${one.marker} is whole`).toBe(whole)
  else expect(whole.startsWith(reply.content), `${one.marker} keeps a true part`).toBe(true)
}

function expectOrder(sent: readonly Sent[], stored: ReadonlyMap<string, Stored[]>): void {
  const bySession = Map.groupBy(sent, ({ sessionKey }) => sessionKey)
  for (const [key, ones] of bySession) {
    const asked = new Map(ones.map(({ clientMessageId }, place) => [clientMessageId, place]))
    const places = (stored.get(key) ?? [])
      .filter(({ role }) => role === 'user')
      .map(({ client_message_id }) => asked.get(client_message_id ?? '') ?? -1)
    expect(places, `order in ${key}`).toEqual([...places].sort((a, b) => a - b))
  }
}

/** Claude was never asked before the intent was committed, and never twice for one message. */
export async function expectIntentsFirst(
  db: Database,
  sent: readonly Sent[],
  calls: readonly UpstreamCall[],
): Promise<void> {
  const intents = await db.query<{ generation: string; at: Date }>(
    `select data->>'generation' as generation, at from audit_entries where kind = 'claude.request'`,
  )
  const byGeneration = new Map(intents.map(({ generation, at }) => [generation, at]))
  const questions = await db.query<{ client_message_id: string; generation_id: string }>(
    `select client_message_id, generation_id from session_messages where role = 'user'`,
  )
  const generationOf = new Map(
    questions.map(({ client_message_id, generation_id }) => [client_message_id, generation_id]),
  )
  for (const one of sent) {
    const asked = calls.filter(({ body }) => lastText(body).startsWith(`${one.marker} [[`))
    expect(asked.length, `${one.marker} was asked ${asked.length} times`).toBeLessThanOrEqual(1)
    const [call] = asked
    if (!call) continue
    const at = byGeneration.get(generationOf.get(one.clientMessageId) ?? '')
    expect(at, `${one.marker} was asked upstream without an intent`).toBeDefined()
    expect(at?.getTime() ?? Number.POSITIVE_INFINITY, `${one.marker}: intent first`).toBeLessThanOrEqual(
      call.at,
    )
  }
}

function lastText(body: unknown): string {
  const { messages = [] } = (body ?? {}) as { messages?: { content: { text: string }[] }[] }
  return messages.at(-1)?.content.at(-1)?.text ?? ''
}

/** Resolves to how long it took, in ms, until no generation and no intent was open. */
export async function untilSettled(db: Database, limitMs: number): Promise<number> {
  const startedAt = performance.now()
  for (;;) {
    const [row] = await db.query<{ open: number }>(
      'select count(*) as open from generations where finished_at is null',
    )
    if (row?.open === 0) return performance.now() - startedAt
    if (performance.now() - startedAt > limitMs)
      throw new Error(`${row?.open} replies still open after ${limitMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
