import { describe } from 'vitest'
import { createDatabase, postgresUnavailable } from '../../test/support/postgres.ts'
import { openPostgres } from '../db/postgres.ts'
import { auditSuite, migrateAudit } from './database.case.ts'

describe.skipIf(postgresUnavailable)(`audit on a real server (${postgresUnavailable ?? 'found'})`, () => {
  auditSuite('PostgreSQL', async () => {
    const { url, drop } = await createDatabase()
    const owner = await openPostgres({ connectionString: url, max: 1 })
    await migrateAudit(owner)
    await owner.close()
    const db = await openPostgres({ connectionString: url })
    return {
      db,
      stop: async () => {
        await db.close()
        await drop()
      },
    }
  })
})
