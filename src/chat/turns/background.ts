import { randomBytes, randomUUID } from 'node:crypto'
import { auditHead } from '../../audit/append.ts'
import { type Claude, type ClaudeMeter, type ClaudeOf, newMeter } from '../../claude/claude.ts'
import type { Database } from '../../db/database.ts'
import type { Confirm } from '../../discord/confirmations.ts'
import { asHelixError, type HelixError } from '../../errors.ts'
import type { HistoryLine } from '../prompt.ts'
import type { Ending } from './close.ts'
import { LiveReply } from './live.ts'
import type { OpenedTurn } from './open.ts'
import { settleUsage } from './usage.ts'

export interface BackgroundDeps {
  db: Database
  claudeOf: ClaudeOf
  /** Waits until the intent may be acted upon. */
  confirm?: Confirm | undefined
  log: string
  instance: string
  close: (ending: Ending) => Promise<boolean>
  /** Generations whose lease this process must renew. */
  held: Map<string, LiveReply>
}

/** What a conversation holds up to some message. */
export interface History {
  summary: string | null
  messages: HistoryLine[]
}

/** Something that a model is to word about a conversation while nobody waits for it. */
export interface BackgroundTask {
  purpose: 'summary' | 'title'
  model: string
  instruction: string
  maxTokens: number
  /** What the model is given. */
  material: (history: History) => string
  /** Called with a whole answer, while it is still this process's to give. */
  onWhole?: (answer: { content: string; generationId: string; leaseToken: number }) => Promise<void>
  /** The message up to which a summary speaks. */
  summaryOf?: string
}

/**
 * Makes `work`: has a model word something about the conversation up to the reply of `turn`, as a generation like any
 * other, with its intent, lease, cost and outcome. Does nothing when the database finds it done, or under way.
 */
export function createBackground(deps: BackgroundDeps) {
  return async function work(turn: OpenedTurn, task: BackgroundTask): Promise<void> {
    const opened = await open(deps, turn, task)
    if (!opened) return
    const { live } = opened
    deps.held.set(live.generationId, live)
    try {
      const ending = await ask(deps, opened, turn, task)
      const { content, generationId, leaseToken } = ending
      if (ending.state === 'complete') await task.onWhole?.({ content, generationId, leaseToken })
      await deps.close(ending)
    } finally {
      deps.held.delete(live.generationId)
    }
  }
}

interface Opened {
  live: LiveReply
  contentKey: Uint8Array
  intentSeq: number
  history: History
}

async function open(
  { db, log, instance }: BackgroundDeps,
  turn: OpenedTurn,
  { purpose, model }: BackgroundTask,
): Promise<Opened | undefined> {
  const generationId = randomUUID()
  const contentKey = randomBytes(32)
  const { simulated } = turn
  const data = { generation: generationId, instance, model, purpose, simulated }
  const head = auditHead(log, { channel: 'api', kind: 'claude.request', actor: turn.actor, data }, new Date())
  const { userId, sessionKey, userMessageId, messageId } = turn
  const [row] = await db.query<{ opened: { intentSeq: number; history: History } | null }>(
    `select helix.open_${purpose}($1, $2, $3, $4, $5, $6, $7, $8, $9) as opened`,
    [generationId, userId, sessionKey, messageId, model, simulated, instance, contentKey, head],
  )
  if (!row?.opened) return undefined
  const start = {
    event: 'start' as const,
    seq: 1,
    data: { generationId, sessionKey, userMessageId, messageId },
  }
  const live = new LiveReply({ generationId, userId, leaseToken: 1, start })
  return { live, contentKey, ...row.opened }
}

async function ask(
  { claudeOf, confirm }: BackgroundDeps,
  opened: Opened,
  turn: OpenedTurn,
  task: BackgroundTask,
): Promise<Ending> {
  const { live } = opened
  const claude = claudeOf(turn)
  const meter = newMeter()
  const material = task.material(opened.history)
  const request = {
    model: task.model,
    maxTokens: task.maxTokens,
    effort: 'low' as const,
    system: [{ text: task.instruction }],
    turns: [{ role: 'user' as const, blocks: [{ text: material }] }],
    endUser: turn.actor,
  }
  let failure: HelixError | null = null
  let stopReason: string | null = null
  try {
    await confirm?.(opened.intentSeq, live.signal)
    for await (const event of claude.stream(request, meter, live.signal)) {
      if (event.type === 'delta') live.append(event.text)
      else if (event.type === 'end') stopReason = event.stopReason
    }
  } catch (thrown) {
    failure = asHelixError(thrown)
  }
  const promptCharacters = material.length + task.instruction.length
  return toEnding(opened, turn, task, { meter, failure, stopReason, promptCharacters, claude })
}

interface Answered {
  claude: Claude
  meter: ClaudeMeter
  failure: HelixError | null
  stopReason: string | null
  promptCharacters: number
}

function toEnding(
  { live, contentKey, intentSeq }: Opened,
  { userId, actor }: OpenedTurn,
  { purpose, model, summaryOf }: BackgroundTask,
  { claude, meter, failure, stopReason, promptCharacters }: Answered,
): Ending {
  const content = live.text
  // Half an answer in the place of a whole one would be worse than none.
  const whole = stopReason === 'end_turn' && content.trim() !== ''
  const detail = `The ${purpose} did not come to its end (${stopReason ?? 'no reason given'})`
  return {
    generationId: live.generationId,
    userId,
    leaseToken: live.leaseToken,
    intentSeq,
    actor,
    model,
    simulated: claude.simulated,
    contentKey,
    state: whole ? 'complete' : 'failed',
    content,
    stopReason,
    terminalSeq: 2,
    problem: whole ? null : { code: failure?.code ?? 'upstream_failed', detail: failure?.message ?? detail },
    unwritten: null,
    usage: settleUsage({
      model,
      at: new Date(),
      meter,
      worked: meter.tokens.inputTokens > 0 || content !== '',
      promptCharacters,
      replyCharacters: content.length,
    }),
    overheadMs: null,
    ...(summaryOf ? { summaryOf } : {}),
  }
}
