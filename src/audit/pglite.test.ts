import { openEmbedded } from '../db/embedded.ts'
import { auditSuite, migrateAudit } from './database.case.ts'

auditSuite('PGlite', async () => {
  const db = await openEmbedded({ dataDir: 'memory://' })
  await migrateAudit(db)
  await db.enterGatewayRole()
  return { db, stop: () => db.close() }
})
