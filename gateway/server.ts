import type { Config } from '../src/config/config.ts'
import { release as readRelease } from '../src/config/package.ts'
import type { PublicConfig } from '../src/contract/health.ts'
import type { Database } from '../src/db/database.ts'
import type { EmbeddedDatabase } from '../src/db/embedded.ts'
import { HelixError } from '../src/errors.ts'
import { type Logger, silent } from '../src/log/logger.ts'
import { createMetrics, type Metrics } from '../src/metrics/metrics.ts'
import { createResources, type Resources } from '../src/resources.ts'
import { alertOnRequests } from './alert-on-requests.ts'
import { createApp } from './app.ts'
import { keepCheckpoints, recordStart } from './audit.ts'
import { type FollowedInDiscord, followInDiscord } from './discord.ts'
import { openDoors } from './doors.ts'
import { createHealth } from './health.ts'
import { areExposed, openMetricsDoor } from './metrics-door.ts'
import { allowedOrigins } from './origins.ts'
import { openPage, type Page } from './page/page.ts'
import { publicConfig } from './public-config.ts'
import { requestLog } from './request-log.ts'
import { createServices, type Services } from './services.ts'
import { openClaude } from './upstream.ts'
import { watchState } from './watch-state.ts'

export interface GatewayOptions {
  config: Config
  /** Reads the configuration anew; without it nothing that changes while the gateway runs is taken up. */
  readConfig?: () => Promise<Config>
  /** A migrated database; the gateway closes it when it ends. */
  db: Database | EmbeddedDatabase
  host: string
  /**
   * Whether whoever starts this process owns the installation, as with `helix up`: commands beside it then act as
   * the creator over a private socket.
   */
  personal: boolean
  /** Where each request leaves a line; nowhere when absent. */
  log?: Logger
  /** Told of what went wrong where no caller could be told. */
  onError: (error: unknown) => void
}

export interface RunningGateway {
  /** Where it answers, as a person would type it. */
  readonly url: string
  readonly services: Services
  readonly release: string
  /** Where the metrics are on a port of their own; null when they have none. */
  readonly metricsUrl: string | null
  /** Every route there is, middleware left out, in the order of registration: `GET`, `/api/conversations/:key`. */
  readonly routes: readonly { method: string; path: string }[]
  /** Takes no new work, lets open replies finish, settles the rest, and closes everything. Safe to call twice. */
  close(): Promise<void>
}

const UNTRUSTED_PROXY =
  'All callers behind this proxy count as one. If it is yours, add its address to trustedProxies in helix.config.ts.'

/**
 * Builds the gateway over an opened database and listens. Replies that an earlier process left open are settled
 * before the first request is taken.
 *
 * @throws HelixError `port_taken`; what was opened by then is closed again
 */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const resources = createResources()
  try {
    resources.keep(options.db, (db) => db.close())
    return await start(options, resources)
  } catch (failure) {
    await resources.close().catch(options.onError)
    throw failure
  }
}

/** What changes while the gateway runs: where it answers, once it does, and whether it is about to end. */
interface State {
  url: string
  draining: boolean
}

async function start(options: GatewayOptions, resources: Resources): Promise<RunningGateway> {
  const { config, onError } = options
  const state: State = { url: '', draining: false }
  const release = await readRelease()
  const metrics = createMetrics({ release, mode: config.mode, exposed: areExposed(config.metrics) })
  const services = await openServices(options, resources, state, metrics)
  const { recordEnd, stopRecovery } = await settleThePast(options, services, release)
  resources.keep(stopRecovery, (stop) => stop())
  const { app, metricsUrl } = await begin().catch(async (failure) => {
    await recordEnd().catch(onError)
    throw failure
  })

  async function begin() {
    const discord = tellDiscord(options, services, resources, release, metrics)
    await tellOfState(options, services, resources, discord)
    await signTheLog(options, services, resources)
    const said = () => publicConfig(config, services, state.url)
    const page = await openPage(config, said)
    const app = assemble(options, { services, state, release, metrics, discord, publicConfig: said, page })
    await openDoors(app, options, services.files, resources, state, release)
    return { app, metricsUrl: await openMetricsDoor(options, metrics, resources) }
  }

  let closing: Promise<void> | undefined
  async function close(): Promise<void> {
    state.draining = true
    services.feed.drain()
    await services.turns.drain(config.timeouts.drainMs)
    await recordEnd().catch(onError)
    await resources.close()
  }
  return {
    url: state.url,
    services,
    release,
    metricsUrl,
    routes: app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => ({ method, path })),
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

async function openServices(
  { config, db, host, personal, onError }: GatewayOptions,
  resources: Resources,
  state: State,
  metrics: Metrics,
) {
  const claude = await openClaude(config, resources)
  const origin = () => state.url
  const services = await createServices({
    config,
    db,
    claude,
    metrics,
    origin,
    loopback: isLoopback(host),
    personal,
    onError,
  })
  return resources.keep(services, (opened) => opened.close())
}

/** Ends what earlier processes left open, before anything new begins. */
async function settleThePast({ config, db, onError }: GatewayOptions, services: Services, release: string) {
  const { mode, simulated, dataDir } = config
  const { log, instance, turns } = services
  const sole = db.engine === 'pglite'
  await turns.start({ sole })
  return recordStart({ db, log, instance, dataDir, sole, onError }, { release, mode, simulated })
}

/** Ends after the log was signed for the last time, so that Discord has that, too. */
function tellDiscord(
  { config, readConfig = async () => config, db, onError }: GatewayOptions,
  { audit, alerts, log, instance, turns }: Services,
  resources: Resources,
  release: string,
  metrics: Metrics,
): FollowedInDiscord {
  const sole = db.engine === 'pglite'
  const openStreams = turns.open
  const facts = { config, readConfig, db, audit, alerts, log, instance, release, sole, openStreams, onError }
  return resources.keep(followInDiscord({ ...facts, metrics: metrics.discord }), (following) =>
    following.stop(),
  )
}

async function tellOfState(
  { config, db, onError }: GatewayOptions,
  { audit, alerts, log, instance }: Services,
  resources: Resources,
  { speaks }: FollowedInDiscord,
) {
  const sole = db.engine === 'pglite'
  const stop = await watchState({ config, db, audit, alerts, log, instance, sole, speaks, onError })
  resources.keep(stop, (end) => end())
}

async function signTheLog({ config, db, onError }: GatewayOptions, services: Services, resources: Resources) {
  const { dataDir, audit } = config
  const { instance, files } = services
  const sole = db.engine === 'pglite'
  const stop = await keepCheckpoints({ db, instance, dataDir, auditKey: audit.key, sole, files, onError })
  resources.keep(stop, (end) => end())
}

interface Parts {
  services: Services
  state: State
  release: string
  metrics: Metrics
  discord: FollowedInDiscord
  publicConfig: () => PublicConfig
  page: Page | undefined
}

function assemble(
  { config, db, log = silent, onError }: GatewayOptions,
  { services, state, release, metrics, discord, publicConfig, page }: Parts,
) {
  const { claudeState, signin, verifier, alerts, maintenance } = services
  const draining = () => state.draining
  return createApp({
    services,
    health: {
      health: createHealth({
        ...{ config, release, db, claudeState, draining },
        discordState: discord.state,
        maintenance: maintenance.current,
      }),
      ready: () => !state.draining,
      publicConfig,
    },
    page,
    signin: signin && {
      ...signin,
      ...signin.addresses,
      verifier,
      release,
      onUnexpected: onError,
    },
    limits: config.limits,
    trustedProxies: config.trustedProxies,
    onUntrustedProxy: (address) => log.warn({ event: 'untrusted_proxy', address, hint: UNTRUSTED_PROXY }),
    release,
    isAllowedOrigin: allowedOrigins(config, () => state.url),
    watchers: [requestLog(log), metrics.requests, alertOnRequests(alerts, config.thresholds, draining)],
    metrics: { ...metrics, token: config.metrics.token?.reveal() },
    onUnforeseen: (cause, { id, method, route }) =>
      onError(new HelixError('internal', `${method} ${route} failed, request ${id}`, { cause })),
  })
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}
