import { join } from 'node:path'
import type { Alerts } from '../src/alerts/alerts.ts'
import { createAudit } from '../src/audit/audit.ts'
import { createCheckpointer } from '../src/audit/checkpoints/checkpointer.ts'
import { createCheckpointSchedule } from '../src/audit/checkpoints/schedule.ts'
import { memoryPath } from '../src/audit/checkpoints/seen.ts'
import { createKeyStore } from '../src/audit/checkpoints/signing-keys.ts'
import { adoptJournal } from '../src/audit/journal.ts'
import { closeEveryIntent } from '../src/audit/open-intents.ts'
import { recoverActs } from '../src/audit/recovery.ts'
import type { Secret } from '../src/config/secret.ts'
import type { Database } from '../src/db/database.ts'
import type { HelixError } from '../src/errors.ts'
import type { Files } from '../src/files.ts'

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
 * and, where it is alone, closes what dead processes left open; from then on, what they leave open while it runs.
 * Replies are closed by their own leases.
 */
export async function recordStart(deps: GatewayAuditDeps, facts: Record<string, unknown>) {
  const { db, log, instance, dataDir, sole, onError } = deps
  const actor = `gateway:${instance}`
  const audit = createAudit(db, log)
  // A journal that was tampered with must be seen, yet must not keep people from their conversations.
  await adoptJournal(db, join(dataDir, 'journal.jsonl')).catch(onError)
  if (sole) await closeEveryIntent(db, actor)
  await audit.append({ channel: 'heartbeat', kind: 'gateway.started', actor, data: { instance, ...facts } })
  return {
    /** Says that this gateway ended by itself; one that was killed never does. */
    recordEnd: () =>
      audit.append({ channel: 'heartbeat', kind: 'gateway.stopped', actor, data: { instance } }),
    /** Ends the closing of what others leave open. */
    stopRecovery: recoverActs({ db, actor, onError }),
  }
}

interface CheckpointingDeps extends Omit<GatewayAuditDeps, 'log'> {
  /** `HELIX_AUDIT_KEY`, where it is set. */
  auditKey: Secret | undefined
  files: Files
  alerts: Alerts
}

/** Has the log signed while it grows, by one gateway at a time. Resolves to the way to end it. */
export async function keepCheckpoints(deps: CheckpointingDeps) {
  const { db, instance, dataDir, auditKey, sole, files, alerts, onError } = deps
  const checkpointer = createCheckpointer({
    db,
    keys: createKeyStore({ dataDir, given: auditKey, files }),
    memory: memoryPath(dataDir),
    actor: `gateway:${instance}`,
  })
  // What fails here fails again at the first checkpoint, and is told then.
  await checkpointer.prepare().catch(() => {})
  const schedule = createCheckpointSchedule({
    ...{ db, checkpointer, instance, sole, onError },
    onBroken: (finding) => raiseBroken(alerts, finding),
    onSound: () => alerts.recover('chain_broken'),
  })
  schedule.start()
  return schedule.stop
}

function raiseBroken(alerts: Alerts, { message, details: { kind, log, seq } = {} }: HelixError): void {
  const facts = { finding: kind, log, seq }
  alerts.raise({ alert: 'chain_broken', severity: 'critical', message, facts, quietMs: null })
}
