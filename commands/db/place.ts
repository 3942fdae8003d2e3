import type { Database } from '../../src/db/database.ts'
import type { DatabasePlace } from '../../src/db/open.ts'
import type { Context } from '../context.ts'
import { databasePlace } from '../database-place.ts'

/** Where the database of the command line is; refuses a configuration that names none. */
export async function placeOf(context: Context): Promise<DatabasePlace> {
  return databasePlace(await context.config(['database']))
}

/** Looks into the database and closes it again; undefined where there is no embedded one yet. */
export async function lookInto<T>(
  place: DatabasePlace,
  look: (db: Database) => Promise<T>,
): Promise<T | undefined> {
  const { hasCluster } = await import('../../src/db/pglite/cluster.ts')
  if (place.mode === 'embedded' && !hasCluster(place.dataDir)) return undefined
  const { openDatabase } = await import('../../src/db/open.ts')
  const db = await openDatabase({ ...place, max: 1 })
  try {
    return await look(db)
  } finally {
    await db.close()
  }
}
