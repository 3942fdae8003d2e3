import type { Config } from '../src/config/config.ts'
import { release as readRelease } from '../src/config/package.ts'
import type { Database } from '../src/db/database.ts'
import type { EmbeddedDatabase } from '../src/db/embedded.ts'
import type { Logger } from '../src/log/logger.ts'
import { createMetrics } from '../src/metrics/metrics.ts'
import { createResources, type Resources } from '../src/resources.ts'
import { assemble } from './assemble.ts'
import { openDoors } from './doors.ts'
import { areExposed, openMetricsDoor } from './metrics-door.ts'
import { openServices, type State, settleThePast, signTheLog, tellDiscord, tellOfState } from './opening.ts'
import type { Services } from './services.ts'

export interface GatewayOptions {
  config: Config
  /** Reads the configuration anew; without it nothing that changes while the gateway runs is taken up. */
  readConfig?: () => Promise<Config>
  /** A migrated database; the gateway closes it when it ends. */
  db: Database | EmbeddedDatabase
  host: string
  /** Whether the Unix socket of the configuration, if it names one, is listened on instead of the port. */
  socketOnly?: boolean
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
  /** Where it answers, as a person would type it; `unix:` and a path where that is a socket alone. */
  readonly url: string
  readonly services: Services
  readonly release: string
  /** Where the metrics are on a port of their own; null when they have none. */
  readonly metricsUrl: string | null
  /** Every route there is, middleware left out, in the order of registration: `GET`, `/api/conversations/:key`. */
  readonly routes: readonly { method: string; path: string }[]
  /**
   * Takes no new work, lets open replies finish and answers whoever had asked before, settles the rest, and closes
   * everything. Safe to call twice.
   */
  close(): Promise<void>
}

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

async function start(options: GatewayOptions, resources: Resources): Promise<RunningGateway> {
  const { config, onError } = options
  const state: State = { url: '', draining: false }
  const release = config.release ?? readRelease()
  const metrics = createMetrics({ release, mode: config.mode, exposed: areExposed(config.metrics) })
  const services = await openServices(options, resources, state, metrics)
  const { recordEnd, stopRecovery } = await settleThePast(options, services, release)
  resources.keep(stopRecovery, (stop) => stop())
  const { app, answered, metricsUrl } = await begin().catch(async (failure) => {
    await recordEnd().catch(onError)
    throw failure
  })

  async function begin() {
    const discord = tellDiscord(options, services, resources, release, metrics)
    await tellOfState(options, services, resources, discord)
    await signTheLog(options, services, resources)
    const app = await assemble(options, { services, state, release, metrics, discord, resources })
    const answered = await openDoors(app, options, services.files, resources, state, release)
    services.strict?.begin()
    return { app, answered, metricsUrl: await openMetricsDoor(options, metrics, resources) }
  }

  let closing: Promise<void> | undefined
  async function close(): Promise<void> {
    state.draining = true
    services.strict?.end()
    services.feed.drain()
    const { drainMs } = config.timeouts
    await services.turns.drain(drainMs, answered(drainMs))
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
