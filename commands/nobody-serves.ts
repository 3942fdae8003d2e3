import { isAlive } from '../src/client/node/alive.ts'
import type { Config } from '../src/config/config.ts'
import { readOwner } from '../src/db/pglite/owner-lock.ts'
import { HelixError } from '../src/errors.ts'

/**
 * A gateway that runs would go on with what it remembers of the rows there were.
 * @throws HelixError `data_dir_in_use` where a process works on an embedded database
 */
export function assertNobodyServes({ mode, dataDir }: Pick<Config, 'mode' | 'dataDir'>): void {
  const owner = mode === 'embedded' ? readOwner(dataDir) : undefined
  if (owner === undefined || !isAlive(owner.pid)) return
  throw new HelixError('data_dir_in_use', `Process ${owner.pid} works on the database in ${dataDir}`, {
    hint: 'Stop Helix (helix up), run this again, and start it afterwards.',
    details: { dataDir, pid: owner.pid },
  })
}
