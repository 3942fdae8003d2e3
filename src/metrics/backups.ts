import { backupAges } from '../backup/records.ts'
import type { Database } from '../db/database.ts'
import type { Series } from './registry.ts'

/** When backups were made and proved, as the database knows it; nothing where they never were. */
export function backupMetrics({ gauge }: Series, db: Database): void {
  const made = gauge('helix_backup_made_timestamp_seconds', 'When the newest backup was made.')
  const took = gauge('helix_backup_restore_seconds', 'How long the last proved restore took.')
  gauge('helix_backup_proved_timestamp_seconds', 'When a restore was last proved.', [], async (proved) => {
    const ages = await backupAges(db).catch(() => undefined)
    if (ages?.madeAt) made.set(ages.madeAt.getTime() / 1_000)
    if (ages?.provedAt) proved.set(ages.provedAt.getTime() / 1_000)
    if (ages?.restoreMs !== undefined) took.set(ages.restoreMs / 1_000)
  })
}
