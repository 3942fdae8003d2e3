import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { asAuditFailure, auditHead } from '../../audit/append.ts'
import { canonicalJson } from '../../audit/canonical.ts'
import { contentDigest, lengthBucket } from '../../audit/digest.ts'
import type { Database } from '../../db/database.ts'
import { isStatementError } from '../../db/statement-error.ts'
import { HelixError } from '../../errors.ts'
import type { Standing } from '../../limits/limiter.ts'
import { noAccount } from '../../people/refusals.ts'
import { createBatch } from '../batch.ts'
import type { HistoryLine } from '../prompt.ts'
import { firstWords } from '../title.ts'
import { type Allowance, allowanceItem, turnStanding } from './allowance.ts'
import { type Outcome, refusal } from './outcome.ts'
import type { TurnRequest } from './request.ts'

interface OpenDeps {
  db: Database
  /** The audit log's id. */
  log: string
  /** This process, as leases and the chain name it. */
  instance: string
  /** Whether every reply is simulated. */
  simulated: boolean
  openReplies: number
  allowance: Allowance
  /** Longest reply, in tokens. */
  maxTokens: number
  /** Characters of the prompt that every turn carries. */
  personaCharacters: number
}

/** A turn as committed: its intent is on the chain, and nothing has been asked of Claude yet. */
export interface OpenedTurn {
  generationId: string
  userId: string
  actor: string
  sessionKey: string
  userMessageId: string
  messageId: string
  parentId: string | null
  clientMessageId: string | null
  model: string
  simulated: boolean
  kind: TurnRequest['kind']
  at: Date
  leaseToken: number
  intentSeq: number
  contentKey: Uint8Array
  memoryBlock: string | null
  summary: string | null
  history: HistoryLine[]
  receivedAt: number
}

/** What a send comes to: a turn of its own, or the generation an earlier identical send already has. */
export type Opening = { opened: OpenedTurn; standing: Standing } | { replayOf: string }

type Item = ReturnType<typeof toItem>

/**
 * Makes `open`: one transaction (shared with whoever arrives meanwhile) that stores the person's message, the
 * pending reply and its lease, and appends the intent to the chain. After it, the turn is acknowledged.
 */
export function createOpening(deps: OpenDeps) {
  const submit = createBatch<Item, Outcome>((items) => commit(deps.db, items))

  /** @throws HelixError when the turn is refused: nothing is stored then */
  return async function open(request: TurnRequest, model: string): Promise<Opening> {
    const item = toItem(deps, request, model)
    const outcome = await submit(item).catch((cause) => {
      throw isOfNobody(cause) ? noAccount() : asAuditFailure(cause)
    })
    if (outcome.outcome === 'replay' && outcome.generationId) return { replayOf: outcome.generationId }
    if (outcome.outcome !== 'opened') throw refusal(outcome, request, deps)
    const standing = turnStanding(deps.allowance, outcome.remaining ?? 0)
    return { opened: toOpened(item, outcome, request), standing }
  }
}

/** The account was deleted after its token was looked at: there is nobody to write in the name of. */
function isOfNobody(cause: unknown): boolean {
  return isStatementError(cause, '23503') && cause.constraint?.endsWith('_user_id_fkey') === true
}

async function commit(db: Database, items: Item[]): Promise<Outcome[]> {
  // Two instances that lock the same people's rows do so in the same order.
  const ordered = [...items].sort(
    (a, b) => compare(a.userId, b.userId) || compare(a.sessionKey, b.sessionKey),
  )
  const [row] = await db.query<{ outcomes: Outcome[] }>('select helix.open_turns($1::jsonb) as outcomes', [
    JSON.stringify(ordered),
  ])
  const outcomes = new Map(row?.outcomes.map((outcome) => [outcome.turn, outcome]))
  return items.map(({ generationId }) => {
    const outcome = outcomes.get(generationId)
    if (!outcome) throw new HelixError('internal', `The database gave no outcome for turn ${generationId}`)
    return outcome
  })
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

function toItem(deps: OpenDeps, request: TurnRequest, model: string) {
  const { log, instance, maxTokens } = deps
  const simulated = deps.simulated || request.simulated === true
  const generationId = randomUUID()
  const messageId = randomUUID()
  const contentKey = randomBytes(32)
  const at = new Date()
  const content = request.kind === 'regenerate' ? null : request.message
  const head = auditHead(
    log,
    {
      channel: 'api',
      kind: 'claude.request',
      actor: request.asker.actor,
      data: {
        generation: generationId,
        instance,
        message: messageId,
        model,
        purpose: 'reply',
        simulated,
        ...(content === null
          ? {}
          : { digest: contentDigest(contentKey, content), length: lengthBucket(content) }),
      },
    },
    at,
  )
  return {
    generationId,
    kind: request.kind,
    userId: request.asker.userId,
    sessionKey: request.sessionKey ?? randomUUID(),
    mayCreate: request.kind === 'send',
    mustCreate: request.sessionKey === undefined,
    title: content === null ? null : firstWords(content),
    target: request.kind === 'send' ? null : request.messageId,
    userMessageId: randomUUID(),
    messageId,
    clientMessageId: request.clientMessageId ?? null,
    requestHash: requestHash(request),
    content,
    model,
    simulated,
    instance,
    contentKey: contentKey.toString('hex'),
    at: at.toISOString(),
    writtenAt: writtenAt(request, at),
    openLimit: deps.openReplies,
    ...allowanceItem(deps.allowance, {
      model,
      simulated,
      maxTokens,
      at,
      promptCharacters: deps.personaCharacters + (content?.length ?? 0),
    }),
    head,
  }
}

function toOpened(item: Item, outcome: Outcome, request: TurnRequest): OpenedTurn {
  const userMessageId = outcome.userMessageId ?? item.userMessageId
  const asked =
    item.content === null ? [] : [{ role: 'user' as const, content: item.content, createdAt: item.at }]
  return {
    generationId: item.generationId,
    userId: item.userId,
    actor: request.asker.actor,
    sessionKey: item.sessionKey,
    userMessageId,
    messageId: item.messageId,
    parentId: outcome.parentId ?? null,
    clientMessageId: item.clientMessageId,
    model: item.model,
    simulated: item.simulated,
    kind: item.kind,
    at: new Date(item.at),
    leaseToken: 1,
    intentSeq: outcome.intentSeq ?? 0,
    contentKey: Buffer.from(item.contentKey, 'hex'),
    memoryBlock: outcome.memoryBlock ?? null,
    summary: outcome.history?.summary ?? null,
    history: [...(outcome.history?.messages ?? []), ...asked],
    receivedAt: request.receivedAt,
  }
}

/** When a message that had to wait was written. Clocks of devices are wrong at times: none is ahead of ours. */
function writtenAt(request: TurnRequest, at: Date): string | null {
  if (request.kind !== 'send' || request.writtenAt === undefined) return null
  return new Date(Math.min(Date.parse(request.writtenAt), at.getTime())).toISOString()
}

/**
 * What makes two sends the same send: everything the person asked for, spelled canonically. That a message had to
 * wait may only turn out on a later attempt, and who answers is not theirs to ask: neither makes another message of it.
 */
function requestHash(request: TurnRequest): string {
  const { asker: _, receivedAt: __, simulated: ___, ...rest } = request
  const asked = rest.kind === 'send' ? { ...rest, writtenAt: undefined } : rest
  return createHash('sha256')
    .update(canonicalJson(JSON.parse(JSON.stringify(asked))))
    .digest('hex')
}
