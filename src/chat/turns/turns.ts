import { setTimeout as sleep } from 'node:timers/promises'
import type { Claude, ClaudeOf } from '../../claude/claude.ts'
import { findModel } from '../../claude/models.ts'
import type { ReplyEvent } from '../../contract/events.ts'
import type { Database } from '../../db/database.ts'
import type { Confirm } from '../../discord/confirmations.ts'
import { HelixError } from '../../errors.ts'
import type { Standing } from '../../limits/limiter.ts'
import type { Messages } from '../messages.ts'
import type { Allowance } from './allowance.ts'
import { createBackground } from './background.ts'
import { createClosing, type Ending } from './close.ts'
import { createLeases } from './leases.ts'
import { LiveReply, RETRY_AFTER_MS } from './live.ts'
import { createOpening, type OpenedTurn } from './open.ts'
import { createReader } from './read.ts'
import type { TurnRequest } from './request.ts'
import { createRunner } from './run.ts'
import { createStops } from './stop.ts'
import { isNearlyFull, summaryTask } from './summary.ts'
import { createTitles, isTimeForTitle } from './titles.ts'
import { createWakeups } from './wakeups.ts'
import { createEventWriter } from './writer.ts'

export interface TurnsDeps {
  db: Database
  claude: Claude
  /** Who answers the turns that ask for a simulated reply. */
  simulated: Claude
  messages: Messages
  /** The audit log's id. */
  log: string
  /** This process, as leases and the chain name it. */
  instance: string
  persona: string
  models: { chat: string; background: string; maxTokens: number }
  openReplies: number
  allowance: Allowance
  /** Waits until the intent of a call may be acted upon; the call is refused where it throws. */
  confirm?: Confirm | undefined
  /** Told for whom something was just committed. */
  onChange: (userId: string) => void
  /** Told of each generation settled here, those taken over and summaries included. */
  onSettled?: (ending: Ending) => void
  /** Told how long after its message came the first token of a reply did, in ms. */
  onFirstToken?: (ms: number) => void
  /** Told how long each write of new deltas took, in ms. */
  onTick?: (ms: number) => void
  /** Told of what went wrong in the background; nothing a caller could act on. */
  onError: (error: unknown) => void
}

/** A turn that was taken: the generation that answers it, and where its sender stands with their turns. */
export interface Taken {
  generationId: string
  replayed: boolean
  /** Null for a replay, which costs nothing. */
  standing: Standing | null
}

export type Turns = Awaited<ReturnType<typeof createTurns>>

/**
 * The turn: everything between a person's message and a settled reply.
 *
 * `send` acknowledges by resolving: from then on the message is stored, its intent is on the chain and the reply
 * will be settled whatever happens to this process. `read` follows a reply from anywhere.
 */
export async function createTurns(deps: TurnsDeps) {
  const { db, claude, simulated, log, instance } = deps
  const shared = db.engine === 'postgres'
  const live = new Map<string, LiveReply>()
  const background = new Map<string, LiveReply>()
  const running = new Set<Promise<unknown>>()
  const leaving = new AbortController()
  const giveUp = new AbortController()
  let draining = false
  /** Until when a turn must have been asked for to be taken. */
  let lastTaken = Number.POSITIVE_INFINITY

  const writer = createEventWriter(db, { announce: shared, onTick: deps.onTick, onError: deps.onError })
  const settle = createClosing(db, log, deps.onChange)
  const close = async (ending: Ending) => {
    const settled = await settle(ending)
    if (settled) deps.onSettled?.(ending)
    return settled
  }
  const open = createOpening({
    db,
    log,
    instance,
    simulated: claude.simulated,
    openReplies: deps.openReplies,
    allowance: deps.allowance,
    maxTokens: deps.models.maxTokens,
    personaCharacters: deps.persona.length,
  })
  const claudeOf: ClaudeOf = (asked) => (asked.simulated ? simulated : claude)
  const run = createRunner({
    claudeOf,
    confirm: deps.confirm,
    persona: deps.persona,
    maxTokens: deps.models.maxTokens,
    messages: deps.messages,
    writer,
    close,
    onFirstToken: deps.onFirstToken,
    giveUp: giveUp.signal,
    onError: deps.onError,
  })
  const work = createBackground({
    db,
    claudeOf,
    confirm: deps.confirm,
    log,
    instance,
    close,
    held: background,
  })
  const entitle = createTitles({
    db,
    backgroundModel: deps.models.background,
    work,
    ending: () => draining,
  })
  const wakeups = await createWakeups(db)
  const read = createReader({ db, messages: deps.messages, live, wakeups, leaving: leaving.signal })
  const stops = await createStops({ db, live, background, read })
  const held = () => [...live.values(), ...background.values()]
  const leases = createLeases({
    db,
    instance,
    held,
    close,
    onEnded: writer.announceEnd,
    onError: deps.onError,
  })

  function track<T>(work: Promise<T>): Promise<T> {
    running.add(work)
    const done = () => running.delete(work)
    work.then(done, done)
    return work
  }

  function inBackground(work: Promise<unknown>): void {
    track(work).catch(deps.onError)
  }

  async function begin(request: TurnRequest): Promise<Taken> {
    const opening = await open(request, modelOf(request, deps.models.chat))
    if ('replayOf' in opening) return { generationId: opening.replayOf, replayed: true, standing: null }
    deps.onChange(request.asker.userId)
    const reply = toLive(opening.opened)
    live.set(reply.generationId, reply)
    if (leaving.signal.aborted) cut(reply)
    inBackground(answer(opening.opened, reply))
    return { generationId: reply.generationId, replayed: false, standing: opening.standing }
  }

  function cut(reply: LiveReply): void {
    reply.wake()
    reply.end('draining')
  }

  async function answer(turn: OpenedTurn, reply: LiveReply): Promise<void> {
    const ending = await run(turn, reply)
    live.delete(turn.generationId)
    if (ending?.state !== 'complete' || draining) return
    if (isNearlyFull(ending)) inBackground(work(turn, summaryTask(deps.models.background, turn, ending)))
    if (isTimeForTitle(turn)) inBackground(entitle(turn))
  }

  return {
    read,
    stop: stops.stop,
    halt: stops.halt,

    /**
     * Takes a turn: resolves to its generation once it is acknowledged, `replayed` when an earlier identical send
     * already has one. One that was on its way when the drain began is taken, unless that is over.
     * @throws HelixError when it is refused (`idempotency_mismatch`, `conversation_busy`, `rate_limited`,
     * `budget_exhausted`, `draining`, …)
     */
    async send(request: TurnRequest): Promise<Taken> {
      if (leaving.signal.aborted || request.receivedAt > lastTaken) throw drainingError()
      return track(begin(request))
    },

    /** Resolves to the terminal event of a reply, however long it takes. */
    async outcome(userId: string, generationId: string, signal?: AbortSignal): Promise<Terminal | undefined> {
      for await (const event of await read(userId, generationId, 'start', signal)) {
        if (event.event === 'done' || event.event === 'error') return event
      }
      return undefined
    },

    /** How many replies this process is making. */
    open: () => live.size,

    /** Ends what earlier processes left open, then keeps this one's leases. `sole`: nobody else can hold any. */
    async start({ sole }: { sole: boolean }): Promise<void> {
      await leases.reclaim(sole)
      leases.start()
    },

    /**
     * Refuses new turns, lets open replies finish for `budgetMs`, then ends and settles the rest.
     * @param asked resolves once whoever had asked for anything before has been answered: it may be for a turn
     */
    async drain(budgetMs: number, asked: Promise<unknown> = Promise.resolve()): Promise<void> {
      draining = true
      lastTaken = performance.now()
      inBackground(asked)
      await settledWithin(running, budgetMs)
      leaving.abort()
      for (const reply of held()) cut(reply)
      await settledWithin(running, SETTLE_MS)
    },

    /** Ends what works in the background; call it last, after `drain` or when the start failed. */
    async close(): Promise<void> {
      draining = true
      leaving.abort()
      giveUp.abort()
      await leases.stop()
      await writer.close()
      await Promise.all([wakeups.close(), stops.close()])
    },
  }
}

type Terminal = Extract<ReplyEvent, { event: 'done' | 'error' }>

/** How long the outcome of replies that were cut off may take to be stored. */
const SETTLE_MS = 10_000

function toLive({
  generationId,
  userId,
  leaseToken,
  sessionKey,
  userMessageId,
  messageId,
}: OpenedTurn): LiveReply {
  const start = {
    event: 'start' as const,
    seq: 1,
    data: { generationId, sessionKey, userMessageId, messageId },
  }
  return new LiveReply({ generationId, userId, leaseToken, start })
}

function modelOf({ model }: TurnRequest, standard: string): string {
  if (model === undefined || model === standard || findModel(model)) return model ?? standard
  throw new HelixError('model_unknown', `"${model}" is no model Helix knows`, {
    hint: `Leave "model" out for ${standard}, or name one of Claude's current models.`,
  })
}

function drainingError(): HelixError {
  return new HelixError('draining', 'This gateway is about to stop and takes no new messages', {
    hint: 'Send again in a few seconds; the same clientMessageId is safe.',
    details: { retryAfterMs: RETRY_AFTER_MS },
  })
}

/** Resolves when nothing runs any more, also nothing that began meanwhile, or after `ms`. */
async function settledWithin(running: ReadonlySet<Promise<unknown>>, ms: number): Promise<void> {
  const timeUp = new AbortController()
  const timer = sleep(ms, 'late' as const, { signal: timeUp.signal }).catch(() => 'late' as const)
  while (running.size > 0) {
    if ((await Promise.race([Promise.allSettled(running), timer])) === 'late') break
  }
  timeUp.abort()
}
