import type { Database } from '../../src/db/database.ts'
import { HelixError } from '../../src/errors.ts'
import type { Context } from '../context.ts'

/** The database of the configuration. @throws HelixError `precondition_failed` where there is none yet. */
export async function auditedDatabase(context: Context): Promise<Database> {
  const db = await context.existingDatabase()
  if (db !== undefined) return db
  const { dataDir } = await context.config()
  throw new HelixError(
    'precondition_failed',
    `There is no database in ${dataDir} yet, so nothing was logged`,
    {
      hint: 'Start Helix once, or verify an exported log with --file.',
      next: ['helix up', 'helix audit verify --file <file>'],
    },
  )
}
