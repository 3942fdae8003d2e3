import { findModel } from '../claude/models.ts'
import type { Message, MessageStatus, Usage } from '../contract/chat.ts'

/** A row of `session_messages` as `to_jsonb` gives it: timestamps are ISO strings. */
export interface MessageRow {
  id: string
  session_key: string
  role: Message['role']
  content: string
  status: MessageStatus
  stop_reason: string | null
  model: string | null
  created_at: string
  parent_id: string | null
  generation_id: string | null
  client_message_id: string | null
  is_pending: boolean
  synced_at: string | null
  input_tokens: number | null
  cache_creation_input_tokens: number | null
  cache_read_input_tokens: number | null
  output_tokens: number | null
  cost_nano_usd: number | null
  usage_estimated: boolean
  simulated: boolean
  overhead_ms: number | null
  metadata: { secretNext?: unknown } | null
  /** Only where a conversation is listed. */
  summarised?: boolean
}

/** The wire form of a stored message. `siblings` are the branches at its place, oldest first, itself included. */
export function toMessage(row: MessageRow, siblings: readonly string[]): Message {
  const ids = siblings.length > 0 ? [...siblings] : [row.id]
  return {
    id: row.id,
    sessionKey: row.session_key,
    role: row.role,
    content: row.content,
    status: row.status,
    stopReason: row.stop_reason,
    model: row.model,
    createdAt: new Date(row.created_at).toISOString(),
    parentId: row.parent_id,
    siblings: { ids, index: Math.max(0, ids.indexOf(row.id)) },
    generationId: row.generation_id,
    clientMessageId: row.client_message_id,
    isPending: row.is_pending,
    syncedAt: row.synced_at === null ? null : new Date(row.synced_at).toISOString(),
    usage: usageOf(row),
    ...hintsOf(row),
  }
}

/** How much prompt a model takes, as messages of it say; nothing where that is not known. */
export function inputLimitOf(model: string | null): Pick<Message, 'inputLimit'> {
  const inputLimit = model === null ? undefined : findModel(model)?.maxInputTokens
  return inputLimit === undefined ? {} : { inputLimit }
}

function hintsOf({ model, summarised, metadata }: MessageRow): Partial<Message> {
  return {
    ...inputLimitOf(model),
    ...(summarised ? { summarised } : {}),
    ...(metadata?.secretNext === true ? { secretNext: true } : {}),
  }
}

function usageOf(row: MessageRow): Usage | null {
  if (row.input_tokens === null || row.output_tokens === null) return null
  return {
    inputTokens: row.input_tokens,
    cacheCreationInputTokens: row.cache_creation_input_tokens ?? 0,
    cacheReadInputTokens: row.cache_read_input_tokens ?? 0,
    outputTokens: row.output_tokens,
    costNanoUsd: row.cost_nano_usd,
    estimated: row.usage_estimated,
    simulated: row.simulated,
    overheadMs: row.overhead_ms,
  }
}
