import type { Outlast } from '../src/client/http.ts'
import type { Gateway } from '../src/client/node/gateway.ts'
import type { Config } from '../src/config/config.ts'
import type { ConfigFlags } from '../src/config/layers/flags.ts'
import type { Need } from '../src/config/load.ts'
import type { Database } from '../src/db/database.ts'
import { type ActLog, createActLog, type LogPlace, loginFiles } from './act-log.ts'
import { type Alone, createAlone } from './alone.ts'
import { databasePlace } from './database-place.ts'
import type { Globals } from './globals.ts'
import type { Host } from './host.ts'

/** How long a server may take to answer before the journal is written instead. */
const PATIENCE_MS = 3_000

/** What a command may open. Each is opened at most once, when first asked for, and closed by the run. */
export interface Services {
  /**
   * The configuration; `needs` says what the command cannot do without (nothing, unless told), `flags` what its
   * own options set.
   */
  config(needs?: readonly Need[], flags?: ConfigFlags): Promise<Config>
  /**
   * The gateway the command line means: `--url`, `HELIX_URL`, the local `helix up`, the last login. Requests that meet
   * maintenance fail, or wait as `outlast` says.
   */
  gateway(outlast?: Outlast): Promise<Gateway>
  /** The database of the mode, as it is, also beside a running `helix up`. An embedded one is made if missing. */
  database(): Promise<Database>
  /** The same, but undefined where there is no embedded database yet. */
  existingDatabase(): Promise<Database | undefined>
  /** Where this command writes down what it does, before it does it. */
  log(place?: LogPlace): ActLog
  /** For what two must not do at once. */
  alone: Alone
}

/** What services are made from. */
export interface ServiceDeps {
  host: Host
  globals: Globals
  cwd: string
  /** The kinds of acts that the command says it does. */
  acts: readonly string[]
  onClose(close: () => Promise<void> | void): void
}

/** Makes the services of one run; nothing is imported before it is asked for. */
export function createServices({ host, globals, cwd, acts, onClose }: ServiceDeps): Services {
  const config: Services['config'] = async (needs = [], flags = {}) => {
    const { loadConfig } = await import('../src/config/load.ts')
    const { env, url } = globals
    return loadConfig({ cwd, environment: host.environment, flags: { env, url, ...flags }, needs })
  }
  let asked = false
  const database = once(async () => {
    asked = true
    const { openDatabase } = await import('../src/db/open.ts')
    const db = await openDatabase(databasePlace(await config(['database'])))
    onClose(() => db.close())
    return db
  })

  async function existingDatabase(): Promise<Database | undefined> {
    const { hasCluster } = await import('../src/db/pglite/cluster.ts')
    const { mode, dataDir } = await config(['database'])
    return mode === 'embedded' && !hasCluster(dataDir) ? undefined : database()
  }

  /** An embedded database at rest is not started for an entry: the journal takes that, and the chain adopts it. */
  async function databaseAtHand(): Promise<Database | undefined> {
    if (asked) return database().catch(() => undefined)
    const { mode, dataDir } = await config()
    if (mode !== 'embedded') return within(PATIENCE_MS, database())
    const { readOwner } = await import('../src/db/pglite/owner-lock.ts')
    const { isAlive } = await import('../src/client/node/alive.ts')
    const owner = readOwner(dataDir)
    if (owner?.socket === undefined || !isAlive(owner.pid)) return undefined
    return database().catch(() => undefined)
  }

  const logDeps = { host, acts, config: once(config), databaseAtHand, onClose }
  return {
    config,
    database,
    existingDatabase,
    log: (place = 'project') => createActLog(logDeps, place),
    alone: createAlone(logDeps),
    gateway: once(async (outlast?: Outlast) => {
      const { findGateway } = await import('../src/client/node/gateway.ts')
      const { client, dataDir } = await config()
      const gateway = await findGateway({
        url: client.url,
        token: client.token?.reveal(),
        environment: host.environment,
        dataDir,
        outlast,
        files: loginFiles(logDeps),
      })
      onClose(gateway.close)
      return gateway
    }),
  }
}

/** Undefined when it fails, or takes longer. */
function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), ms)
    work.then(resolve, () => resolve(undefined)).finally(() => clearTimeout(timer))
  })
}

function once<T, Given extends unknown[]>(
  open: (...given: Given) => Promise<T>,
): (...given: Given) => Promise<T> {
  let opened: Promise<T> | undefined
  return (...given) => {
    opened ??= open(...given)
    return opened
  }
}
