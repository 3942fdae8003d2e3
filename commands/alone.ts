import { join } from 'node:path'
import type { Config } from '../src/config/config.ts'
import type { Database } from '../src/db/database.ts'

/** How long the other one may take. */
const WAIT_MS = 180_000

/**
 * Runs `work` while nobody else does what is named so, on this machine or on another that works on the same database.
 * @throws HelixError `lock_held` when the other does not come to its end
 */
export type Alone = <T>(name: string, work: () => Promise<T>) => Promise<T>

interface AloneDeps {
  config(): Promise<Config>
  /** The database, where one is at hand. */
  databaseAtHand(): Promise<Database | undefined>
}

export function createAlone({ config, databaseAtHand }: AloneDeps): Alone {
  return async function alone(name, work) {
    const { withFileLock } = await import('../src/client/node/file-lock.ts')
    const { makePrivateFolder } = await import('../src/private-folder.ts')
    const { dataDir } = await config()
    const db = await databaseAtHand()
    makePrivateFolder(dataDir)
    const here = () => withFileLock(join(dataDir, name), work, WAIT_MS)
    return db ? db.lock(`helix.${name}`, here, { waitMs: WAIT_MS }) : here()
  }
}
