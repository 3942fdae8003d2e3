import { auditHead } from '../../audit/append.ts'
import { contentDigest, lengthBucket } from '../../audit/digest.ts'
import type { MessageStatus } from '../../contract/chat.ts'
import type { Database } from '../../db/database.ts'
import type { FailureCode } from '../../errors.ts'
import { createBatch } from '../batch.ts'
import type { Settled } from './usage.ts'
import type { Unwritten } from './writer.ts'

/** Why a reply is not whole, as it is stored and replayed. */
export interface StoredProblem {
  code: FailureCode
  detail: string
  hint?: string
}

/** What a reader is told of a reply that its maker could not finish. */
export const INTERRUPTED_PROBLEM: StoredProblem = {
  code: 'interrupted',
  detail: 'The reply was cut off before it was whole; what had arrived is kept',
  hint: 'Ask for it again: regenerate the reply, or send "continue".',
}

/** How a generation ended. */
export interface Ending {
  generationId: string
  userId: string
  leaseToken: number
  intentSeq: number
  actor: string
  model: string
  simulated: boolean
  contentKey: Uint8Array
  state: Extract<MessageStatus, 'complete' | 'stopped' | 'failed' | 'interrupted'>
  content: string
  stopReason: string | null
  terminalSeq: number
  problem: StoredProblem | null
  unwritten: Unwritten | null
  usage: Settled
  overheadMs: number | null
  /** The message up to which a summary speaks, for a generation that makes one. */
  summaryOf?: string
}

/**
 * Makes `close`: one transaction (shared with whoever ends meanwhile) that stores the reply, what it cost and the
 * outcome on the chain. Resolves to false when another instance has taken the generation over.
 * `onChange` is told for whom something was committed.
 */
export function createClosing(db: Database, log: string, onChange: (userId: string) => void) {
  const submit = createBatch<Ending, boolean>(async (endings) => {
    const rows = await db.query<{ id: string }>('select * from helix.close_turns($1::jsonb) as id', [
      JSON.stringify(endings.map((ending, place) => toItem(log, ending, place))),
    ])
    const ended = new Set(rows.map(({ id }) => id))
    for (const { generationId, userId } of endings) if (ended.has(generationId)) onChange(userId)
    return endings.map(({ generationId }) => ended.has(generationId))
  })
  return (ending: Ending): Promise<boolean> => submit(ending)
}

function toItem(log: string, ending: Ending, place: number) {
  const { usage, unwritten } = ending
  return {
    place,
    generationId: ending.generationId,
    leaseToken: ending.leaseToken,
    state: ending.state,
    content: ending.content,
    stopReason: ending.stopReason,
    terminalSeq: ending.terminalSeq,
    problem: ending.problem,
    firstSeq: unwritten?.firstSeq ?? null,
    lastSeq: unwritten?.lastSeq ?? null,
    deltas: unwritten?.deltas ?? null,
    inputTokens: usage.tokens.inputTokens,
    cacheCreation5m: usage.tokens.cacheCreation5mInputTokens,
    cacheCreation1h: usage.tokens.cacheCreation1hInputTokens,
    cacheRead: usage.tokens.cacheReadInputTokens,
    outputTokens: usage.tokens.outputTokens,
    costNanoUsd: usage.costNanoUsd,
    estimated: usage.estimated,
    overheadMs: ending.overheadMs,
    requestId: usage.requestId,
    summaryOf: ending.summaryOf ?? null,
    head: outcomeHead(log, ending),
  }
}

function outcomeHead(log: string, ending: Ending): string {
  return auditHead(
    log,
    {
      channel: 'api',
      kind: 'claude.response',
      actor: ending.actor,
      data: {
        intent: ending.intentSeq,
        generation: ending.generationId,
        outcome: ending.problem?.code === 'audit_unavailable' ? 'refused' : ending.state,
        model: ending.model,
        simulated: ending.simulated,
        tokens: { ...ending.usage.tokens },
        estimated: ending.usage.estimated,
        costNanoUsd: ending.usage.costNanoUsd,
        digest: contentDigest(ending.contentKey, ending.content),
        length: lengthBucket(ending.content),
        ...(ending.stopReason === null ? {} : { stopReason: ending.stopReason }),
        ...(ending.usage.requestId === null ? {} : { requestId: ending.usage.requestId }),
        ...(ending.problem === null ? {} : { code: ending.problem.code }),
      },
    },
    new Date(),
  )
}
