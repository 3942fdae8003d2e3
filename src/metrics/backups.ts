import type { Gauge } from 'prom-client'
import { type BackupAges, backupAges } from '../backup/records.ts'
import type { Database } from '../db/database.ts'
import type { Series } from './registry.ts'

/** When backups were made and proved, as the database knows it; absent where they never were, or it is away. */
export function backupMetrics({ gauge }: Series, db: Database): void {
  let looking: Promise<BackupAges | undefined> | undefined
  /** One scrape asks for all three at once: one look answers them. */
  const look = () => {
    looking ??= backupAges(db)
      .catch(() => undefined)
      .finally(() => {
        looking = undefined
      })
    return looking
  }
  const shown = (of: (ages: BackupAges) => number | undefined) => async (series: Gauge) => {
    const ages = await look()
    const ms = ages && of(ages)
    if (ms === undefined) series.remove()
    else series.set(ms / 1_000)
  }
  gauge(
    'helix_backup_made_timestamp_seconds',
    'When the newest backup was made; absent where none was.',
    [],
    shown(({ madeAt }) => madeAt?.getTime()),
  )
  gauge(
    'helix_backup_proved_timestamp_seconds',
    'When a restore was last proved; absent where none was.',
    [],
    shown(({ provedAt }) => provedAt?.getTime()),
  )
  gauge(
    'helix_backup_restore_seconds',
    'How long the last proved restore took; absent where none was.',
    [],
    shown(({ restoreMs }) => restoreMs),
  )
}
