import type { MessageStatus } from '../../contract/chat.ts'
import type { ReplyEvent } from '../../contract/events.ts'
import type { Database, Row } from '../../db/database.ts'
import { HelixError } from '../../errors.ts'
import type { Messages } from '../messages.ts'
import type { StoredProblem } from './close.ts'
import { toMessageProblem } from './problem.ts'

/** A generation as the database has it. */
export interface StoredReply extends Row {
  id: string
  user_id: string
  session_key: string
  state: MessageStatus
  user_message_id: string
  message_id: string
  terminal_seq: number | null
  problem: StoredProblem | null
  finished_at: Date | null
}

interface Run extends Row {
  first_seq: number
  last_seq: number
  deltas: string[]
}

/**
 * The generation, for its owner.
 * @throws HelixError `generation_not_found` when it is unknown or another's, `not_resumable` once it was deleted
 */
export async function findReply(db: Database, userId: string, generationId: string): Promise<StoredReply> {
  const [row] = await db.query<StoredReply & { deleted: boolean }>(
    `select g.id, g.user_id, g.session_key, g.state, g.user_message_id, g.message_id, g.terminal_seq, g.problem,
       g.finished_at, c.deleted
     from public.generations g
     join public.conversations c on c.user_id = g.user_id and c.session_key = g.session_key
     where g.id = $1 and g.user_id = $2 and g.purpose = 'reply'`,
    [generationId, userId],
  )
  if (!row) throw generationNotFound(generationId)
  if (row.deleted) {
    throw new HelixError('not_resumable', `The conversation of reply ${generationId} was deleted`, {
      hint: 'Start a new conversation.',
    })
  }
  return row
}

/** The one answer for a reply that is unknown or another's: nothing tells the two apart. */
export function generationNotFound(generationId: string): HelixError {
  return new HelixError('generation_not_found', `No reply ${generationId}`, {
    hint: 'Each reply of GET /api/conversations/:key/messages names its generationId.',
  })
}

/** The start event of a stored reply. */
export function startOf(reply: StoredReply): Extract<ReplyEvent, { event: 'start' }> {
  const { id, session_key, user_message_id, message_id } = reply
  return {
    event: 'start',
    seq: 1,
    data: {
      generationId: id,
      sessionKey: session_key,
      userMessageId: user_message_id,
      messageId: message_id,
    },
  }
}

/** The stored deltas after event `seq`, in order. */
export async function deltasAfter(
  db: Database,
  generationId: string,
  seq: number,
): Promise<Extract<ReplyEvent, { event: 'delta' }>[]> {
  const runs = await db.query<Run>(
    `select first_seq, last_seq, deltas from public.generation_events
     where generation_id = $1 and last_seq > $2 order by first_seq`,
    [generationId, seq],
  )
  return runs
    .flatMap(({ first_seq, deltas }) =>
      deltas.map((text, place) => ({ event: 'delta' as const, seq: first_seq + place, data: { text } })),
    )
    .filter((event) => event.seq > seq)
}

/** The terminal event of a finished reply, undefined while it is not finished. */
export async function terminalOf(
  messages: Messages,
  reply: StoredReply,
): Promise<Extract<ReplyEvent, { event: 'done' | 'error' }> | undefined> {
  if (reply.terminal_seq === null) return undefined
  const message = await messages.find(reply.user_id, reply.session_key, reply.message_id)
  if (!message?.usage) throw new HelixError('not_resumable', `The message of reply ${reply.id} is gone`)
  if (!reply.problem)
    return { event: 'done', seq: reply.terminal_seq, data: { message, usage: message.usage } }
  return { event: 'error', seq: reply.terminal_seq, data: toMessageProblem(reply.problem, message) }
}
