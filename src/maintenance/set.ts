import { appendEntries, auditHead, readLogId } from '../audit/append.ts'
import { type Audit, createAudit } from '../audit/audit.ts'
import type { NewEntry } from '../audit/entry.ts'
import { createJournal } from '../audit/journal.ts'
import type { ChangeMaintenance } from '../contract/maintenance.ts'
import type { Database, Transaction } from '../db/database.ts'
import { HelixError } from '../errors.ts'
import { entriesOf, factsOf } from './entries.ts'
import { readFileSetting, replaceFileSetting } from './file.ts'
import { readRow, writeRow } from './row.ts'
import { changed, inForce, later, type Setting } from './setting.ts'

/** What is set now, and whether that is something new. */
export interface SetResult {
  setting: Setting
  changed: boolean
}

/** Of two who set it at once one comes after the other. */
const LOCK = 'helix.maintenance'

/**
 * Sets maintenance for every gateway on the database; written down before and after. Ending what is not there changes
 * nothing.
 * @param known what is set elsewhere, as in a file the database has not seen yet
 * @throws HelixError `audit_unavailable`, `database_unreachable`, `request_invalid`
 */
export function setInDatabase(
  db: Database,
  change: ChangeMaintenance,
  { actor, known }: { actor: string; known?: Setting | undefined },
): Promise<SetResult> {
  refusePast(change)
  return db.lock(LOCK, async () => {
    const before = later(await readRow(db), known)
    const setting = changed(before, change, new Date())
    if (before && isOff(before) && !change.active) return { setting: before, changed: false }
    const log = await readLogId(db)
    await act(createAudit(db, log), setting, actor, () =>
      db.transaction('gateway', async (tx) => {
        if (!(await writeRow(tx, setting))) throw overtaken()
        await append(tx, log, entriesOf(before, setting, { actor, cause: 'asked' }))
      }),
    )
    return { setting, changed: true }
  })
}

/**
 * Sets maintenance in the file that gateways of this machine watch, without a database; written down in the journal
 * before and after. The first of them that has a database brings it there.
 * @throws HelixError `audit_unavailable`, `request_invalid`, `precondition_failed`
 */
export async function setInFile(
  { path, journal }: { path: string; journal: string },
  change: ChangeMaintenance,
  actor: string,
): Promise<SetResult> {
  refusePast(change)
  // What cannot be read is replaced: this is the way that must work when nothing else does.
  const before = await readFileSetting(path).catch(() => undefined)
  const setting = changed(before, change, new Date())
  await act(createJournal(journal), setting, actor, () => replaceFileSetting(path, setting))
  return { setting, changed: true }
}

/** Appends entries as the last statement of a transaction. */
export async function append(tx: Transaction, log: string, entries: readonly NewEntry[]): Promise<void> {
  const at = new Date()
  await appendEntries(
    tx,
    entries.map((entry) => auditHead(log, entry, at)),
  )
}

function act(audit: Audit, setting: Setting, actor: string, run: () => Promise<void>): Promise<void> {
  const kind = setting.active ? 'maintenance.on.start' : 'maintenance.off.start'
  return audit.act({ channel: 'commands', kind, actor, data: factsOf(setting) }, run)
}

function isOff(setting: Setting): boolean {
  return inForce(setting, new Date()) === null
}

function refusePast({ active, until }: ChangeMaintenance): void {
  if (!active || until === null || Date.parse(until) > Date.now()) return
  throw new HelixError('request_invalid', `${until} is past, so maintenance cannot end then`, {
    hint: 'Name a time to come, or none.',
  })
}

function overtaken(): HelixError {
  return new HelixError('lock_held', 'Maintenance was set by somebody else at the same moment', {
    hint: 'See `helix maintenance status`, and try again.',
    next: ['helix maintenance status'],
  })
}
