import { type Claude, type ClaudeMeter, newMeter } from '../../claude/claude.ts'
import type { Message } from '../../contract/chat.ts'
import type { ReplyEvent } from '../../contract/events.ts'
import { asHelixError, type HelixError } from '../../errors.ts'
import type { Messages } from '../messages.ts'
import { buildPrompt, promptCharacters } from '../prompt.ts'
import { type Ending, INTERRUPTED_PROBLEM } from './close.ts'
import type { LiveReply } from './live.ts'
import type { OpenedTurn } from './open.ts'
import { toMessageProblem } from './problem.ts'
import { settleUsage, toUsage } from './usage.ts'
import type { EventWriter } from './writer.ts'

interface RunDeps {
  claude: Claude
  persona: string
  maxTokens: number
  messages: Messages
  writer: EventWriter
  close: (ending: Ending) => Promise<boolean>
}

/** What is known of a call once it has ended, however it ended. */
interface Called {
  meter: ClaudeMeter
  worked: boolean
  promptCharacters: number
  overheadMs: number | null
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
    const ending = toEnding(turn, live, called, deps.claude.simulated, unwritten)
    const closed = await closeUntilDone(deps.close, ending)
    if (!closed) {
      live.abandon()
      return null
    }
    live.finish(await terminalEvent(deps.messages, turn, ending))
    deps.writer.announceEnd(turn.generationId)
    return ending
  }
}

async function call(
  { claude, persona, maxTokens, writer }: RunDeps,
  turn: OpenedTurn,
  live: LiveReply,
): Promise<Called> {
  const prompt = buildPrompt({
    persona,
    memoryBlock: turn.memoryBlock,
    summary: turn.summary,
    history: turn.history,
  })
  const meter = newMeter()
  const called: Called = {
    meter,
    worked: false,
    promptCharacters: promptCharacters(prompt),
    overheadMs: null,
    stopReason: null,
    failure: null,
  }
  try {
    const request = { model: turn.model, maxTokens, endUser: turn.actor, ...prompt }
    for await (const event of claude.stream(request, meter, live.signal)) {
      if (event.type === 'sent') {
        called.overheadMs ??= round(performance.now() - turn.receivedAt)
      } else if (event.type === 'delta') {
        live.append(event.text)
        writer.mark(live)
      } else if (event.type === 'end') {
        called.stopReason = event.stopReason
      }
    }
  } catch (thrown) {
    called.failure = asHelixError(thrown)
  }
  called.worked =
    meter.final || meter.tokens.inputTokens > 0 || live.deltas.length > 0 || live.endReason !== undefined
  return called
}

function toEnding(
  turn: OpenedTurn,
  live: LiveReply,
  called: Called,
  simulated: boolean,
  unwritten: Ending['unwritten'],
): Ending {
  const text = live.text
  return {
    generationId: turn.generationId,
    leaseToken: turn.leaseToken,
    intentSeq: turn.intentSeq,
    actor: turn.actor,
    model: turn.model,
    simulated,
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

const RETRY_MS = [50, 200, 500, 1_000, 2_000, 4_000, 8_000]

/** Closes, through a database that may be away for a while; a lease lost meanwhile answers false. */
async function closeUntilDone(close: RunDeps['close'], ending: Ending): Promise<boolean> {
  for (const wait of RETRY_MS) {
    try {
      return await close(ending)
    } catch {
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
  return false
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
  }
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100
}
