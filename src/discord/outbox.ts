import { type Head, readHead } from '../audit/append.ts'
import type { Channel } from '../audit/entry.ts'
import type { Database } from '../db/database.ts'
import { createLease } from '../db/lease.ts'
import { asHelixError } from '../errors.ts'
import type { WebhookAddress } from './address.ts'
import { DiscordFailure } from './failure.ts'
import { Line } from './line.ts'
import { DISCORD_LEASE, readSent } from './queue.ts'
import { ANSWER_MS, type Sender } from './sender.ts'

export interface OutboxDeps {
  db: Database
  sender: Sender
  /** Where each channel goes; the others go nowhere. */
  addresses: ReadonlyMap<Channel, WebhookAddress>
  botToken?: string | undefined
  /** This process, as the lease names it. */
  instance: string
  /** Whether no other process can be at work on this database: then no lease is needed. */
  sole: boolean
  /** Where each channel goes by now, as far as anybody can say while this runs: asked while a webhook is gone. */
  lookAgain?: () => Promise<ReadonlyMap<Channel, WebhookAddress>>
  /** Told of a webhook that is not asked any more, and why. */
  onStopped: (channels: Channel[], failure: DiscordFailure) => void
  /** Told of a channel that rests because Discord refuses whatever is posted there. */
  onRefused?: (channel: Channel, failure: DiscordFailure) => void
  /** Told of channels that have another webhook in the place of one that was gone. */
  onReplaced?: (channels: Channel[]) => void
  onPosted?: (channel: Channel) => void
  onFailure?: (failure: DiscordFailure) => void
  /** Told each time the database answered. */
  onReached?: () => void
  /** Told of what is wrong on this side, once until it is over. */
  onError: (error: unknown) => void
  /** How often the chain is looked at, in ms. */
  beatMs?: number
  /** How often it is looked for another webhook in the place of one that is gone, in ms. */
  lookAgainMs?: number
  /** How long the lease lasts without being renewed, in ms; longer than an answer of Discord is waited for. */
  leaseMs?: number
}

/** How well Discord follows the chain. */
type DiscordState = 'ok' | 'degraded' | 'down' | 'off'

/** Sends the chain to Discord, channel by channel and in order, in one process at a time. */
export interface Outbox {
  start(): void
  /** How it goes, as far as this process is the one that sends. */
  state(): DiscordState
  /** Whether this process is the one that sends. */
  holds(): boolean
  /** How long the oldest entry has waited for Discord, in ms. */
  queueAgeMs(): number
  /** Sends what is there for a moment longer, and lets another take over. Safe to call twice. */
  stop(): Promise<void>
}

/** From when on a wait is a finding, in ms. */
const LATE_MS = 60_000
const LAST_MOMENT_MS = 3_000

export function createOutbox(deps: OutboxDeps): Outbox {
  const { db, sender, instance, sole, onError, beatMs = 2_000, leaseMs = 30_000 } = deps
  const { lookAgainMs = 30_000 } = deps
  const lease = sole ? undefined : createLease({ db, name: DISCORD_LEASE, holder: instance, ms: leaseMs })
  const makeLine = (channel: Channel, address: WebhookAddress) => {
    const { botToken, onPosted } = deps
    const actor = `gateway:${instance}`
    return new Line({ db, sender, channel, address, botToken, actor, onPosted: () => onPosted?.(channel) })
  }
  let lines = [...deps.addresses].map(([channel, address]) => makeLine(channel, address))
  const stopped = new Set<Line>()
  const busy = new Map<Line, Promise<void>>()
  let holding: Holding | undefined
  let timer: NodeJS.Timeout | undefined
  let beating: Promise<void> = Promise.resolve()
  let told: string | undefined
  let ended = false
  /** Whether its last moment has passed: nothing is taken up any more. */
  let over = false
  let lookedAt = performance.now()

  /** Takes the lease or renews it. Without it, nothing is sent any more. */
  async function hold(log: string): Promise<Holding | undefined> {
    const fence = await lease?.take()
    if (lease && fence === undefined) return letGo()
    if (holding?.log === log && holding.fence === fence && !holding.over.signal.aborted) return renew(holding)
    letGo()
    await Promise.all(busy.values())
    const sent = await readSent(db, log)
    if (over) return undefined
    for (const line of lines) line.resume(log, sent)
    holding = { log, fence, over: new AbortController(), expiry: undefined }
    return renew(holding)
  }

  function renew(held: Holding): Holding {
    if (!lease) return held
    clearTimeout(held.expiry)
    // Whatever is on its way must be over before another may send.
    held.expiry = setTimeout(() => held.over.abort(), Math.max(leaseMs / 3, leaseMs - ANSWER_MS - beatMs))
    held.expiry.unref()
    return held
  }

  function letGo(): undefined {
    clearTimeout(holding?.expiry)
    holding?.over.abort()
    holding = undefined
  }

  async function beat(): Promise<void> {
    const head = await readHead(db)
    const held = await hold(head.log)
    if (held && stopped.size > 0) await replaceStopped(held)
    if (held) for (const line of lines) launch(line, head, held)
    told = undefined
    deps.onReached?.()
  }

  /** Gives the channels of webhooks that are gone to others, where the configuration names others by now. */
  async function replaceStopped({ log }: Holding): Promise<void> {
    if (!deps.lookAgain || performance.now() - lookedAt < lookAgainMs) return
    lookedAt = performance.now()
    const addresses = await deps.lookAgain()
    const replaced = [...stopped].filter(({ channel, address }) => {
      const now = addresses.get(channel)
      return now !== undefined && (now.id !== address.id || now.token !== address.token)
    })
    if (replaced.length === 0) return
    const sent = await readSent(db, log)
    lines = lines.map((line) => {
      const address = replaced.includes(line) ? addresses.get(line.channel) : undefined
      if (!address) return line
      stopped.delete(line)
      const fresh = makeLine(line.channel, address)
      fresh.resume(log, sent)
      return fresh
    })
    deps.onReplaced?.(replaced.map(({ channel }) => channel))
  }

  function launch(line: Line, head: Head, { fence, over: { signal } }: Holding): void {
    if (busy.has(line) || stopped.has(line) || !line.ready || signal.aborted) return
    const run = line
      .advance(head, { fence, signal })
      .catch((thrown) => (signal.aborted ? undefined : fail(line, thrown)))
      .finally(() => busy.delete(line))
    busy.set(line, run)
  }

  function fail(line: Line, thrown: unknown): void {
    if (!(thrown instanceof DiscordFailure)) {
      tell(thrown)
      return
    }
    deps.onFailure?.(thrown)
    if (thrown.kind === 'refused') deps.onRefused?.(line.channel, thrown)
    if (thrown.kind !== 'dead') return
    const same = lines.filter(({ address }) => address.id === line.address.id)
    const now = same.filter((each) => !stopped.has(each))
    for (const each of now) stopped.add(each)
    if (now.length > 0)
      deps.onStopped(
        now.map(({ channel }) => channel),
        thrown,
      )
  }

  function tell(thrown: unknown): void {
    const { code } = asHelixError(thrown)
    if (code === 'lock_held' || code === told) return
    told = code
    onError(thrown)
  }

  function schedule(ms: number): void {
    timer = setTimeout(() => {
      beating = beat()
        .catch(tell)
        .finally(() => {
          if (!ended) schedule(beatMs)
        })
    }, ms)
  }

  async function lastMoment(): Promise<void> {
    await beating
    await Promise.all(busy.values())
    if (holding) await beat().catch(tell)
    await Promise.all(busy.values())
  }

  return {
    start: () => schedule(Math.min(beatMs, 100)),
    holds: () => holding !== undefined,
    queueAgeMs: () => (holding ? Math.max(0, ...lines.map(({ waitedMs }) => waitedMs)) : 0),
    state() {
      if (lines.length === 0) return 'off'
      if (!holding) return 'ok'
      if (lines.every((line) => stopped.has(line) || (line.failing && line.waitedMs > LATE_MS))) return 'down'
      const well = lines.every((line) => !stopped.has(line) && !line.failing && line.waitedMs < LATE_MS)
      return well ? 'ok' : 'degraded'
    },
    async stop() {
      if (ended) return
      ended = true
      clearTimeout(timer)
      const late = setTimeout(() => {
        over = true
        letGo()
      }, LAST_MOMENT_MS)
      await lastMoment().catch(tell)
      clearTimeout(late)
      letGo()
      await lease?.release().catch(() => {})
      await sender.close()
    },
  }
}

interface Holding {
  log: string
  fence: number | undefined
  over: AbortController
  expiry: NodeJS.Timeout | undefined
}
