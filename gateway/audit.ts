import { join } from 'node:path'
import { createAudit } from '../src/audit/audit.ts'
import { adoptJournal } from '../src/audit/journal.ts'
import { abandonIntents, findOpenIntents } from '../src/audit/open-intents.ts'
import type { Database } from '../src/db/database.ts'

interface GatewayAuditDeps {
  db: Database
  log: string
  instance: string
  dataDir: string
  /** Whether no other process can be at work on this database. */
  sole: boolean
  onError: (error: unknown) => void
}

/**
 * What a gateway tells the chain of itself. At its start it binds in what the journal gained without a database
 * and, where it is alone, closes what dead processes left open; replies are closed before, by their leases.
 */
export async function recordStart(deps: GatewayAuditDeps, facts: Record<string, unknown>) {
  const { db, log, instance, dataDir, sole, onError } = deps
  const actor = `gateway:${instance}`
  const audit = createAudit(db, log)
  // A journal that was tampered with must be seen, yet must not keep people from their conversations.
  await adoptJournal(db, join(dataDir, 'journal.jsonl')).catch(onError)
  if (sole) await abandonIntents(db, await findOpenIntents(db, { before: new Date() }), log, actor)
  await audit.append({ channel: 'heartbeat', kind: 'gateway.started', actor, data: { instance, ...facts } })
  return {
    /** Says that this gateway ended by itself; one that was killed never does. */
    recordEnd: () =>
      audit.append({ channel: 'heartbeat', kind: 'gateway.stopped', actor, data: { instance } }),
  }
}
