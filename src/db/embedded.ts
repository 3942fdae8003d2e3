import { HelixError } from '../errors.ts'
import { ENTER_GATEWAY_ROLE } from './access.ts'
import type { Database } from './database.ts'
import { type Arbiter, createArbiter } from './pglite/arbiter.ts'
import {
  checkClusterVersion,
  clusterFolder,
  hasCluster,
  layCluster,
  prepareDataDir,
} from './pglite/cluster.ts'
import { bulk } from './pglite/copy.ts'
import { type Engine, startEngine } from './pglite/engine.ts'
import { keepHouse } from './pglite/housekeeping.ts'
import { type Ownership, takeOwnership } from './pglite/owner-lock.ts'
import { createSubscriptions } from './pglite/subscriptions.ts'
import { quoteIdentifier } from './sql/quote.ts'
import { splitStatements } from './sql/statements.ts'

export interface EmbeddedOptions {
  /** Helix's data directory, whose `db` holds the database; `memory://` for one that ends with the process. */
  dataDir: string
  /** An uncompressed tar of a cluster a new database begins from; without it PostgreSQL makes one, which is slow. */
  template?: Uint8Array | undefined
  /** How long a transaction may be idle before it is rolled back; 5 s. */
  leaseMs?: number
  /** How long a statement may run before the database is restarted; 60 s. The owner's may take 10 minutes. */
  statementLimitMs?: number
}

/** A PGlite of this process. Until `enterGatewayRole` it works as the owner of the schema. */
export interface EmbeddedDatabase extends Database {
  /** Gives up the owner's rights for the gateway's role; call it once the migrations have made that role. */
  enterGatewayRole(): Promise<void>
  /** Tells other processes the socket at which they can attach. */
  announce(socket: string): void
  /** A tar of the whole database, to begin others from. */
  dump(): Promise<Uint8Array>
}

const MEMORY = 'memory://'

/**
 * Opens the embedded database, making it when there is none: in a thread of its own, every commit forced to
 * disk, this process its only owner.
 * @throws HelixError `data_dir_in_use`, `precondition_failed` when commits would not reach the disk.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const ownership = options.dataDir === MEMORY ? undefined : await own(options)
  try {
    return await open(options, ownership)
  } catch (thrown) {
    await ownership?.release()
    throw thrown
  }
}

async function own({ dataDir, template }: EmbeddedOptions): Promise<Ownership> {
  prepareDataDir(dataDir)
  const ownership = await takeOwnership(dataDir)
  if (hasCluster(dataDir)) checkClusterVersion(dataDir)
  else if (template) layCluster(dataDir, template)
  return ownership
}

async function open(options: EmbeddedOptions, ownership: Ownership | undefined): Promise<EmbeddedDatabase> {
  const { dataDir, template, leaseMs = 5_000, statementLimitMs = 60_000 } = options
  const inMemory = ownership === undefined
  const subscriptions = createSubscriptions()
  let asGateway = false
  const engine = await startEngine({
    cluster: inMemory ? MEMORY : clusterFolder(dataDir),
    template: inMemory ? template : undefined,
    statementLimitMs,
    onNotification: subscriptions.notify,
    onRestart: subscriptions.gap,
    session: () => [
      ...(asGateway ? [ENTER_GATEWAY_ROLE] : []),
      ...subscriptions.channels.map((channel) => `listen ${quoteIdentifier(channel)}`),
    ],
  })
  const arbiter = createArbiter(engine, leaseMs)
  if (!inMemory) await assertDurable(engine, arbiter)
  const stopHousekeeping = keepHouse(arbiter)
  let closing: Promise<void> | undefined

  async function close(): Promise<void> {
    stopHousekeeping()
    await arbiter.close()
    await engine.close()
    await ownership?.release()
  }

  return {
    engine: 'pglite',
    query: arbiter.query,
    transaction: arbiter.transaction,
    scriptOutsideTransaction: (sql) =>
      arbiter.asOwner(splitStatements(sql).flatMap(({ text, tokens }) => (tokens.length > 0 ? [text] : []))),
    lock: (name, work, { waitMs = 10_000 } = {}) => arbiter.lock(name, waitMs, work),
    async listen(channel, onNotify, onGap) {
      const stop = subscriptions.add(channel, onNotify, onGap)
      await arbiter.asOwner([`listen ${quoteIdentifier(channel)}`])
      return async () => {
        stop()
        if (!closing) await arbiter.asOwner(['unlisten *'])
      }
    },
    bulk: (work, bulkOptions) => bulk(arbiter, work, bulkOptions),
    close: () => {
      closing ??= close()
      return closing
    },
    async enterGatewayRole() {
      asGateway = true
      await arbiter.asOwner([])
    },
    announce: (socket) => ownership?.announce(socket),
    dump: () => engine.call('dump', {}),
  }
}

/** A commit must force a file to disk: an engine whose hook was lost would only seem to. */
async function assertDurable(engine: Engine, arbiter: Arbiter): Promise<void> {
  await arbiter.asOwner(['checkpoint'])
  if ((await engine.call('fsyncs', {})) > 0) return
  await engine.close()
  throw new HelixError('precondition_failed', 'The embedded database does not force commits to disk here', {
    hint: 'Use the version of @electric-sql/pglite that Helix pins, or a PostgreSQL server (DATABASE_URL).',
  })
}
