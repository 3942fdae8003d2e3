import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { type Alerts, createAlerts } from '../src/alerts/alerts.ts'
import { readLogId } from '../src/audit/append.ts'
import { createAudit } from '../src/audit/audit.ts'
import { createLoggedFiles } from '../src/audit/logged-files.ts'
import { maintenancePath } from '../src/maintenance/file.ts'
import { createMaintenance } from '../src/maintenance/maintenance.ts'
import type { Resources } from '../src/resources.ts'
import { createStorage, type FullDisk } from '../src/storage/storage.ts'
import type { ServiceDeps } from './services.ts'
import { raiseRefused, waitForDiscord } from './strict.ts'

export type Ground = Awaited<ReturnType<typeof openGround>>

/**
 * What every other part stands on: who this gateway is, the database, the log and the files it writes to, the alerts it
 * raises, and what holds all of them up, a full disk and maintenance.
 */
export async function openGround(
  { config, db: given, metrics, onError }: Pick<ServiceDeps, 'config' | 'db' | 'metrics' | 'onError'>,
  resources: Resources,
) {
  const storage = createStorage({
    ...{ folder: config.dataDir, leastFree: config.storage.leastFreeMb * 1_000_000, onError },
    onFull: (disk) => raiseFull(alerts, disk),
    onRoom: () => alerts.recover('storage_full'),
  })
  resources.keep(storage, (opened) => opened.close())
  const db = storage.notice(metrics.measureDatabase(given))
  const log = await readLogId(db)
  const instance = randomUUID()
  const actor = `gateway:${instance}`
  const strict =
    config.audit.mode === 'strict' ? waitForDiscord(db, log, () => raiseRefused(alerts)) : undefined
  const audit = createAudit(db, log, strict?.wait)
  const alerts = createAlerts({ append: audit.append, actor, onError })
  resources.keep(alerts, (opened) => opened.close())
  metrics.watchAlerts(alerts.open)
  const maintenance = await createMaintenance({
    ...{ db, log, actor, onError },
    path: maintenancePath(config),
    journal: join(config.dataDir, 'journal.jsonl'),
  })
  resources.keep(maintenance, (opened) => opened.close())
  return {
    /** Measured, and refusing what would need room while there is none. */
    db,
    log,
    instance,
    audit,
    /** From when on the gateway's own acts wait for Discord, and until when: between what makes and what ends it. */
    strict,
    /** What this process writes, each on the chain before. */
    files: createLoggedFiles({ audit, actor, places: { data: config.dataDir, project: config.root } }),
    alerts,
    maintenance,
    storage,
  }
}

/** Whoever writes now and then finds a database still full; without anybody, nobody knows. */
const DATABASE_FULL_QUIET_MS = 600_000

function raiseFull(alerts: Alerts, disk: FullDisk): void {
  const message = `The disk of the ${disk} is full: Helix reads, and takes nothing new`
  const told =
    disk === 'database'
      ? { alert: 'database_full', quietMs: DATABASE_FULL_QUIET_MS }
      : { alert: 'storage_full', quietMs: null }
  alerts.raise({ ...told, severity: 'critical', message })
}
