import type { Config } from '../src/config/config.ts'
import { release as readRelease } from '../src/config/package.ts'
import { serveAttached } from '../src/db/attached/server.ts'
import { socketPathFor } from '../src/db/attached/socket-path.ts'
import type { Database } from '../src/db/database.ts'
import type { EmbeddedDatabase } from '../src/db/embedded.ts'
import { createResources, type Resources } from '../src/resources.ts'
import { createApp } from './app.ts'
import { recordStart } from './audit.ts'
import { createHealth } from './health.ts'
import { type Listener, listen } from './listen.ts'
import { publicConfig } from './public-config.ts'
import { removeRunFile, writeRunFile } from './run-file.ts'
import { createServices, type Services } from './services.ts'
import { openClaude } from './upstream.ts'

export interface GatewayOptions {
  config: Config
  /** A migrated database; the gateway closes it when it ends. */
  db: Database | EmbeddedDatabase
  host: string
  /**
   * Whether whoever starts this process owns the installation, as with `helix up`: commands beside it then act as
   * the creator over a private socket.
   */
  personal: boolean
  /** Told of what went wrong where no caller could be told. */
  onError: (error: unknown) => void
}

export interface RunningGateway {
  /** Where it answers, as a person would type it. */
  readonly url: string
  readonly services: Services
  readonly release: string
  /** Takes no new work, lets open replies finish, settles the rest, and closes everything. Safe to call twice. */
  close(): Promise<void>
}

/** How long connections may linger once every reply is settled, in ms. */
const LINGER_MS = 500

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
  const { config, db, host, personal, onError } = options
  const release = await readRelease()
  let url = ''
  let draining = false

  const claude = await openClaude(config, resources)
  const loopback = isLoopback(host)
  const services = resources.keep(
    await createServices({ config, db, claude, origin: () => url, loopback, personal, onError }),
    (opened) => opened.close(),
  )
  const sole = db.engine === 'pglite'
  await services.turns.start({ sole })
  const { mode, simulated, dataDir } = config
  const { log, instance } = services
  const { recordEnd } = await recordStart(
    { db, log, instance, dataDir, sole, onError },
    { release, mode, simulated },
  )

  const health = createHealth({
    config,
    release,
    db,
    draining: () => draining,
    claudeState: services.claudeState,
  })
  const app = createApp({
    services,
    health: { health, ready: () => !draining, publicConfig: () => publicConfig(config, services, url) },
    signin: services.signin && {
      ...services.signin,
      verifier: services.verifier,
      origin: () => url,
      redirectOrigins: config.web.origins,
      release,
      onUnexpected: onError,
    },
    onUnforeseen: onError,
  })

  const listeners: Listener[] = []
  const open = async (...where: Parameters<typeof listen>) => {
    const listener = await listen(...where)
    listeners.push(listener)
    return listener.address
  }
  resources.keep(listeners, (all) => Promise.all(all.map((listener) => listener.close(LINGER_MS))))
  url = await open(app, { port: config.port, host })
  if (config.socket) await open(app, { path: config.socket, owner: false })
  if (personal) {
    const socket = await open(app, { path: socketPathFor(config.dataDir, 'http'), owner: true })
    const databaseSocket = await attachable(db, config.dataDir, resources)
    await writeRunFile(config.dataDir, { url, socket, databaseSocket, release })
    resources.keep(config.dataDir, removeRunFile)
  }

  let closing: Promise<void> | undefined
  const close = async () => {
    draining = true
    await services.turns.drain(config.timeouts.drainMs)
    await recordEnd().catch(onError)
    await resources.close()
  }
  return {
    url,
    services,
    release,
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

/** Lets other commands of this machine work on an embedded database while this process owns it. */
async function attachable(db: Database | EmbeddedDatabase, dataDir: string, resources: Resources) {
  if (!('announce' in db)) return null
  const path = socketPathFor(dataDir, 'database')
  resources.keep(await serveAttached(db, path), (server) => server.close())
  db.announce(path)
  return path
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}
