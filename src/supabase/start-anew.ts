import type { Head } from '../audit/append.ts'
import { continueLog } from '../audit/continue.ts'
import type { Database } from '../db/database.ts'
import { migrate } from '../db/migrations/migrate.ts'

interface StartAnew {
  /** Who went back, as entries name them. */
  actor: string
  /** The moment the database is of. */
  at: string
}

/**
 * What every restore ends with: a new log that names the old one, whose end others may know further on; nobody signed in,
 * since whoever was signed out since then would be in again; the schema of now. Resolves to the new log; null where
 * Helix was not there yet at that moment.
 */
export async function startAnew(db: Database, { actor, at }: StartAnew): Promise<Head | null> {
  const chain = await db.transaction('owner', async (tx) => {
    const [there] = await tx.query<{ there: boolean }>(
      `select to_regclass('public.audit_head') is not null as there`,
    )
    if (!there?.there) return null
    await tx.script('delete from auth.sessions; delete from auth.one_time_tokens')
    return continueLog(tx, { actor, backup: `Supabase as of ${at}` })
  })
  if (chain) await migrate(db, { mode: 'supabase' })
  return chain
}
