import { setTimeout as sleep } from 'node:timers/promises'
import { type ClaudeEvent, type ClaudeMeter, type ClaudeOf, newMeter } from '../../claude/claude.ts'
import { promptTokens } from '../../claude/price.ts'
import type { Message } from '../../contract/chat.ts'
import type { ReplyEvent } from '../../contract/events.ts'
import { isStatementError } from '../../db/statement-error.ts'
import type { Confirm } from '../../discord/confirmations.ts'
import { asHelixError, type HelixError } from '../../errors.ts'
import { inputLimitOf } from '../message.ts'
import type { Messages } from '../messages.ts'
import { buildPrompt, promptCharacters } from '../prompt.ts'
import { type Ending, INTERRUPTED_PROBLEM } from './close.ts'
import type { LiveReply } from './live.ts'
import type { OpenedTurn } from './open.ts'
import { toMessageProblem } from './problem.ts'
import { settleUsage, toUsage } from './usage.ts'
import type { EventWriter } from './writer.ts'

interface RunDeps {
  claudeOf: ClaudeOf
  /** Waits until the intent may be acted upon. */
  confirm?: Confirm | undefined
  persona: string
  maxTokens: number
  messages: Messages
  writer: EventWriter
  close: (ending: Ending) => Promise<boolean>
  /** Told how long after its message came the first token of a reply did, in ms. */
  onFirstToken?: ((ms: number) => void) | undefined
  /** Aborts when this process can wait no longer for the database. */
  giveUp: AbortSignal
  onError: (error: unknown) => void
}

/** What is known of a call once it has ended, however it ended. */
interface Called {
  meter: ClaudeMeter
  worked: boolean
  promptCharacters: number
  overheadMs: number | null
  answering: boolean
  stopReason: string | null
  failure: HelixError | null
}

/** Makes `run`: asks Claude for an opened turn's reply, feeds `live`, and settles the outcome. Never throws. */
export function createRunner(deps: RunDeps) {
  return async function run(turn: OpenedTurn, live: LiveReply): Promise<Ending | null> {
    const called = await call(deps, turn, live)
    live.closing = true
    const unwritten = await deps.writer.take(live)
    if (live.endReason === 'lease_lost') return null
    const ending = toEnding(turn, live, called, unwritten)
    const closed = await closeUntilDone(deps, ending)
    if (!closed) {
      live.abandon()
      return null
    }
    live.finish(await terminalEvent(deps.messages, turn, ending))
    deps.writer.announceEnd(turn.generationId)
    return ending
  }
}

async function call(deps: RunDeps, turn: OpenedTurn, live: LiveReply): Promise<Called> {
  const { persona, maxTokens } = deps
  const { memoryBlock, summary, history } = turn
  const prompt = buildPrompt({ persona, memoryBlock, summary, history })
  const called: Called = {
    meter: newMeter(),
    worked: false,
    promptCharacters: promptCharacters(prompt),
    overheadMs: null,
    answering: false,
    stopReason: null,
    failure: null,
  }
  try {
    await deps.confirm?.(turn.intentSeq, live.signal)
    const request = { model: turn.model, maxTokens, endUser: turn.actor, ...prompt }
    for await (const event of deps.claudeOf(turn).stream(request, called.meter, live.signal)) {
      take(event, called, { ...deps, turn, live })
    }
  } catch (thrown) {
    called.failure = asHelixError(thrown)
    if (wasRefused(called.failure)) called.worked = false
  }
  called.worked ||= called.meter.final || promptTokens(called.meter.tokens) > 0 || live.deltas.length > 0
  return called
}

interface Taker extends Pick<RunDeps, 'writer' | 'onFirstToken'> {
  turn: OpenedTurn
  live: LiveReply
}

function take(event: ClaudeEvent, called: Called, { turn, live, writer, onFirstToken }: Taker): void {
  if (event.type === 'delta') {
    if (!called.answering) onFirstToken?.(performance.now() - turn.receivedAt)
    called.answering = true
    live.append(event.text)
    writer.mark(live)
  } else if (event.type === 'sent') {
    called.worked = true
    called.overheadMs ??= round(performance.now() - turn.receivedAt)
  } else if (event.type === 'retrying') {
    called.worked = false
  } else {
    called.stopReason = event.stopReason
  }
}

/** Claude answered with a refusal, or was never reached: such a call costs nothing. */
function wasRefused({ details }: HelixError): boolean {
  return details?.status !== undefined || details?.reason !== undefined
}

function toEnding(turn: OpenedTurn, live: LiveReply, called: Called, unwritten: Ending['unwritten']): Ending {
  const text = live.text
  return {
    generationId: turn.generationId,
    userId: turn.userId,
    leaseToken: turn.leaseToken,
    intentSeq: turn.intentSeq,
    actor: turn.actor,
    model: turn.model,
    simulated: turn.simulated,
    contentKey: turn.contentKey,
    ...outcomeOf(live, called),
    content: text,
    terminalSeq: live.seq + 1,
    unwritten,
    overheadMs: called.overheadMs,
    usage: settleUsage({ model: turn.model, at: turn.at, ...called, replyCharacters: text.length }),
  }
}

function outcomeOf(
  live: LiveReply,
  { failure, stopReason }: Called,
): Pick<Ending, 'state' | 'stopReason' | 'problem'> {
  if (!failure) return { state: 'complete', stopReason, problem: null }
  if (live.endReason === 'stopped') return { state: 'stopped', stopReason: null, problem: null }
  if (live.endReason === 'draining')
    return { state: 'interrupted', stopReason: null, problem: INTERRUPTED_PROBLEM }
  const { code, message, hint } = failure
  return { state: 'failed', stopReason: null, problem: { code, detail: message, ...(hint ? { hint } : {}) } }
}

const FIRST_WAIT_MS = 50
const LONGEST_WAIT_MS = 5_000
/** A statement the database refuses this often will not be taken later either. */
const MOST_REFUSALS = 5

/**
 * Closes, through a database that may be away for however long: the reply stays ours while its lease is renewed.
 * Answers false when it is lost to another instance, or `giveUp` aborts, or the database keeps refusing.
 */
async function closeUntilDone({ close, giveUp, onError }: RunDeps, ending: Ending): Promise<boolean> {
  let refusals = 0
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return await close(ending)
    } catch (error) {
      if (wait === FIRST_WAIT_MS) onError(error)
      if (isStatementError(error)) refusals += 1
      if (giveUp.aborted || refusals >= MOST_REFUSALS) return false
      await sleep(wait, undefined, { signal: giveUp }).catch(() => {})
    }
  }
}

async function terminalEvent(
  messages: Messages,
  turn: OpenedTurn,
  ending: Ending,
): Promise<Extract<ReplyEvent, { event: 'done' | 'error' }>> {
  const message = await answeredMessage(messages, turn, ending)
  const usage = toUsage(ending.usage, ending.simulated, ending.overheadMs)
  if (!ending.problem) return { event: 'done', seq: ending.terminalSeq, data: { message, usage } }
  return { event: 'error', seq: ending.terminalSeq, data: toMessageProblem(ending.problem, message) }
}

/** The reply as stored. A branch has siblings that only the database knows; a plain send has none. */
async function answeredMessage(messages: Messages, turn: OpenedTurn, ending: Ending): Promise<Message> {
  if (turn.kind === 'regenerate') {
    const stored = await messages.find(turn.userId, turn.sessionKey, turn.messageId).catch(() => undefined)
    if (stored) return stored
  }
  return {
    id: turn.messageId,
    sessionKey: turn.sessionKey,
    role: 'assistant',
    content: ending.content,
    status: ending.state,
    stopReason: ending.stopReason,
    model: turn.model,
    createdAt: turn.at.toISOString(),
    parentId: turn.userMessageId,
    siblings: { ids: [turn.messageId], index: 0 },
    generationId: turn.generationId,
    clientMessageId: null,
    isPending: false,
    syncedAt: null,
    usage: toUsage(ending.usage, ending.simulated, ending.overheadMs),
    ...inputLimitOf(turn.model),
  }
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100
}
