import type { Alerts } from '../src/alerts/alerts.ts'
import type { Audit } from '../src/audit/audit.ts'
import { newestCheckpoint } from '../src/audit/checkpoints/stored.ts'
import { CHANNELS, type Channel } from '../src/audit/entry.ts'
import type { Config } from '../src/config/config.ts'
import type { CheckState } from '../src/contract/health.ts'
import type { Database } from '../src/db/database.ts'
import { parseWebhook, type WebhookAddress } from '../src/discord/address.ts'
import type { DiscordFailure } from '../src/discord/failure.ts'
import { createOutbox } from '../src/discord/outbox.ts'
import { createSender } from '../src/discord/sender.ts'
import { asHelixError, HelixError } from '../src/errors.ts'
import type { Metrics } from '../src/metrics/metrics.ts'

interface DiscordDeps {
  config: Pick<Config, 'discord' | 'audit'>
  /** The configuration as it is by now: somebody may have set webhooks anew. */
  readConfig: () => Promise<Pick<Config, 'discord'>>
  db: Database
  audit: Audit
  alerts: Alerts
  metrics: Metrics['discord']
  log: string
  instance: string
  release: string
  /** Whether no other process can be at work on this database. */
  sole: boolean
  /** Replies being made. */
  openStreams: () => number
  /** How often the one that sends shows that it is there, in ms; 60 s. */
  heartbeatMs?: number
  onError: (error: unknown) => void
}

const HEARTBEAT_MS = 60_000
/** How often the chain is looked at. */
const BEAT_MS = 2_000
/** The same where somebody waits for each entry. */
const STRICT_BEAT_MS = 200
/** How often who has nothing to send looks whether it is the one that gives the heartbeat. */
const IDLE_BEAT_MS = 10_000

/** The chain on its way to Discord, and the heartbeat on it. */
export interface FollowedInDiscord {
  state(): CheckState
  /** Whether this gateway is the one that speaks for all. */
  speaks(): boolean
  stop(): Promise<void>
}

/** Has Discord follow the chain, and the chain show every minute that somebody is there, by one gateway at a time. */
export function followInDiscord(deps: DiscordDeps): FollowedInDiscord {
  const { config, db, alerts, metrics, instance, sole } = deps
  const addresses = addressesOf(config, deps.onError)
  const outage = watchDatabase(alerts)
  const outbox = createOutbox({
    ...{ db, addresses, instance, sole },
    sender: createSender(),
    botToken: config.discord.botToken?.reveal(),
    lookAgain: async () => addressesOf(await deps.readConfig(), () => {}),
    onStopped: (channels, failure) => raiseDead(alerts, channels, failure),
    onReplaced(channels) {
      for (const channel of channels) alerts.recover(deadAlert(channel))
    },
    onRefused: (channel, failure) => raiseRefused(alerts, channel, failure),
    onPosted(channel) {
      metrics.posted()
      alerts.recover(refusedAlert(channel))
    },
    onFailure: metrics.failed,
    onReached: outage.over,
    onError(error) {
      outage.note(error)
      deps.onError(error)
    },
    beatMs: addresses.size === 0 ? IDLE_BEAT_MS : config.audit.mode === 'strict' ? STRICT_BEAT_MS : BEAT_MS,
  })
  metrics.watchQueue(outbox.queueAgeMs)
  const heartbeat = beatHearts(deps, outbox)
  outbox.start()
  return {
    state: outbox.state,
    speaks: outbox.holds,
    async stop() {
      clearInterval(heartbeat)
      await outbox.stop()
    },
  }
}

/** Where each channel goes; one without a webhook of its own uses the common one. */
function addressesOf({ discord }: Pick<Config, 'discord'>, onError: (error: unknown) => void) {
  const addresses = new Map<Channel, WebhookAddress>()
  for (const channel of CHANNELS) {
    const given = discord.webhooks[channel] ?? discord.webhook
    if (given === undefined) continue
    const address = parseWebhook(given.reveal(), discord.api)
    if (address) addresses.set(channel, address)
    else onError(unusable(channel))
  }
  return addresses
}

type Outbox = ReturnType<typeof createOutbox>

function beatHearts(deps: DiscordDeps, outbox: Outbox): NodeJS.Timeout {
  const startedAt = performance.now()
  const { db, log, audit, release, instance, openStreams, heartbeatMs = HEARTBEAT_MS, onError } = deps
  const timer = setInterval(async () => {
    if (!outbox.holds()) return
    const data = {
      ...{ instance, release, openStreams: openStreams() },
      uptimeSeconds: Math.round((performance.now() - startedAt) / 1_000),
      queueAgeSeconds: Math.round(outbox.queueAgeMs() / 1_000),
    }
    try {
      const newest = await newestCheckpoint(db, log)
      const checkpoint = newest ? { size: newest.size, root: newest.root } : null
      const entry = { channel: 'heartbeat', kind: 'gateway.heartbeat', actor: `gateway:${instance}` } as const
      await audit.append({ ...entry, data: { ...data, checkpoint } })
    } catch (error) {
      onError(error)
    }
  }, heartbeatMs)
  timer.unref()
  return timer
}

const deadAlert = (channel: Channel) => `webhook_dead_${channel}`
const refusedAlert = (channel: Channel) => `post_refused_${channel}`

function raiseDead(alerts: Alerts, channels: Channel[], failure: DiscordFailure): void {
  const { message, status, code } = failure
  for (const channel of channels)
    alerts.raise({
      alert: deadAlert(channel),
      severity: 'critical',
      message: `${message}; nothing is sent there until another is set: helix discord setup`,
      facts: { channel, status, code },
      quietMs: null,
    })
}

function raiseRefused(alerts: Alerts, channel: Channel, { message, status, code }: DiscordFailure): void {
  alerts.raise({
    alert: refusedAlert(channel),
    severity: 'critical',
    message: `${message}, one entry after the other; it is tried again every 10 minutes`,
    facts: { channel, status, code },
    quietMs: null,
  })
}

/** Says, once it is back, how long the database was away. */
function watchDatabase(alerts: Alerts) {
  let awaySince: number | undefined
  return {
    note(error: unknown): void {
      if (asHelixError(error).code === 'database_unreachable') awaySince ??= performance.now()
    },
    over(): void {
      if (awaySince === undefined) return
      const seconds = Math.round((performance.now() - awaySince) / 1_000)
      awaySince = undefined
      const message = `The database was away for ${seconds} s and is back`
      alerts.raise({ alert: 'database', severity: 'critical', message, facts: { seconds }, quietMs: 0 })
    },
  }
}

function unusable(channel: Channel): HelixError {
  return new HelixError('config_invalid', `The webhook of ${channel} is no address of a Discord webhook`, {
    hint: 'Copy it in Discord from Edit Channel → Integrations → Webhooks → Copy Webhook URL.',
  })
}
