import type { Config } from '../src/config/config.ts'
import type { DatabasePlace } from '../src/db/open.ts'

/** Where the database of a configuration is. */
export function databasePlace({ mode, connection, dataDir }: Config): DatabasePlace {
  return { mode, connectionString: connection?.reveal(), dataDir }
}
