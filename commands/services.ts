import { join } from 'node:path'
import type { Audit } from '../src/audit/audit.ts'
import type { Outlast } from '../src/client/http.ts'
import type { Gateway } from '../src/client/node/gateway.ts'
import type { Config } from '../src/config/config.ts'
import type { ConfigFlags } from '../src/config/layers/flags.ts'
import type { Need } from '../src/config/load.ts'
import type { Database } from '../src/db/database.ts'
import { databasePlace } from './database-place.ts'
import type { Globals } from './globals.ts'
import type { Host } from './host.ts'

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
  /** Where acts are written down: the chain in the database, or the journal where none is at hand. */
  audit(): Promise<Audit>
}

/** What services are made from. */
export interface ServiceDeps {
  host: Host
  globals: Globals
  cwd: string
  onClose(close: () => Promise<void> | void): void
}

/** Makes the services of one run; nothing is imported before it is asked for. */
export function createServices({ host, globals, cwd, onClose }: ServiceDeps): Services {
  const config: Services['config'] = async (needs = [], flags = {}) => {
    const { loadConfig } = await import('../src/config/load.ts')
    const { env, url } = globals
    return loadConfig({ cwd, environment: host.environment, flags: { env, url, ...flags }, needs })
  }
  const database = once(async () => {
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

  return {
    config,
    database,
    existingDatabase,
    audit: once(async () => {
      const db = await existingDatabase().catch(() => undefined)
      const { readLogId } = await import('../src/audit/append.ts')
      const log = db && (await readLogId(db).catch(() => undefined))
      const { createAudit } = await import('../src/audit/audit.ts')
      if (db && log) return createAudit(db, log)
      const { createJournal } = await import('../src/audit/journal.ts')
      return createJournal(join((await config()).dataDir, 'journal.jsonl'))
    }),
    gateway: once(async (outlast?: Outlast) => {
      const { findGateway } = await import('../src/client/node/gateway.ts')
      const { client, dataDir } = await config()
      const gateway = await findGateway({
        url: client.url,
        token: client.token?.reveal(),
        environment: host.environment,
        dataDir,
        outlast,
      })
      onClose(gateway.close)
      return gateway
    }),
  }
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
