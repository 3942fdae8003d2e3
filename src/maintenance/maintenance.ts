import { adoptJournal } from '../audit/journal.ts'
import type { ChangeMaintenance } from '../contract/maintenance.ts'
import type { Database, Queryable } from '../db/database.ts'
import { codeOf } from '../errors.ts'
import { type Cause, entriesOf } from './entries.ts'
import { readFileSetting, writeFileSetting } from './file.ts'
import { watchFile } from './file-watch.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { CHANNEL, endRow, readRow, writeRow } from './row.ts'
import { append, setInDatabase } from './set.ts'
import { ended, inForce, isLater, later, type Setting } from './setting.ts'

/** What a lost NOTIFY costs, in ms; a database of this process alone loses none. */
const ROW_POLL_MS = { postgres: 700, pglite: 5_000 }
const FILE_POLL_MS = 500
const LONGEST_TIMER_MS = 3_600_000

/** Maintenance as one gateway follows it. */
export interface Maintenance {
  /** What is in force now; null when there is none. Costs nothing to ask. */
  current(): Setting | null
  /** Sets it for all gateways; once it resolves this one has it. @throws as {@link setInDatabase} */
  set(change: ChangeMaintenance, actor: string): Promise<Setting>
  /** Calls `listener` when what is in force is another. Answers the way to end it. */
  subscribe(listener: (current: Setting | null) => void): () => void
  close(): Promise<void>
}

interface MaintenanceDeps {
  db: Database
  /** The log of the database. */
  log: string
  /** The file that is watched beside the database. */
  path: string
  /** Where acts without a database are written down. */
  journal: string
  /** This gateway, as entries name it. */
  actor: string
  onError: (error: unknown) => void
}

/**
 * Follows maintenance in the database and in a file, of which the later setting counts; each is brought up to the
 * other. So it is there after a restart, while the database is away, and after an older database was restored.
 */
export async function createMaintenance(deps: MaintenanceDeps): Promise<Maintenance> {
  const { db, path, onError } = deps
  const listeners = new Set<(current: Setting | null) => void>()
  let known: Setting | undefined
  let told: string | undefined
  let timer: NodeJS.Timeout | undefined

  const current = () => inForce(known, new Date())

  function tell(): void {
    const now = current()
    if (now?.revision === told) return
    told = now?.revision
    for (const listener of listeners) listener(now)
  }

  function take(setting: Setting | undefined): void {
    known = later(known, setting)
    tell()
    clearTimeout(timer)
    const until = current()?.until
    if (!until) return
    timer = setTimeout(() => void end(), Math.min(Date.parse(until) - Date.now() + 5, LONGEST_TIMER_MS))
    timer.unref()
  }

  async function meetRow(): Promise<void> {
    const row = await readRow(db)
    take(row)
    if (known && isLater(known, row)) await bring(deps, row, known)
    if (known?.active && current() === null) take(await over(deps, known))
  }

  async function meetFile(): Promise<void> {
    const before = known
    const kept = await readFileSetting(path)
    take(kept)
    if (known !== before) void rows.run()
    if (known && isLater(known, kept)) await writeFileSetting(path, known)
  }

  const rows = oneAtATime(meetRow, (error) => {
    // That it is away is told by others, and it is asked again.
    if (codeOf(error) !== 'database_unreachable') onError(error)
  })
  const files = oneAtATime(meetFile, onError)
  const meetAll = () => rows.run().then(files.run)
  const end = async () => {
    tell()
    await meetAll()
  }

  const unlisten = await db.listen(
    CHANNEL,
    () => void meetAll(),
    () => void meetAll(),
  )
  const unwatch = watchFile(path, FILE_POLL_MS, () => void files.run())
  const poll = setInterval(() => void meetAll(), ROW_POLL_MS[db.engine])
  poll.unref()
  await files.run()
  await meetRow()
  await files.run()

  return {
    current,
    async set(change, actor) {
      const { setting } = await setInDatabase(db, change, { actor, known })
      take(setting)
      await files.run()
      return setting
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      clearInterval(poll)
      clearTimeout(timer)
      unwatch()
      await unlisten()
      await Promise.all([rows.settled(), files.settled()])
    },
  }
}

type Told = Pick<MaintenanceDeps, 'db' | 'log' | 'actor'>

/** Brings to the database what a file knows and it does not, and with it what was written down meanwhile. */
async function bring(deps: MaintenanceDeps, row: Setting | undefined, setting: Setting): Promise<void> {
  await record(deps, row, setting, 'file', (q) => writeRow(q, setting))
  await adoptJournal(deps.db, deps.journal).catch(deps.onError)
}

/** Ends what is over by itself; one gateway writes it, the others read it. */
async function over(deps: MaintenanceDeps, setting: Setting): Promise<Setting | undefined> {
  const off = ended(setting, new Date())
  const mine = await record(deps, setting, off, 'time', (q) => endRow(q, setting.revision, off))
  return mine ? off : readRow(deps.db)
}

function record(
  { db, log, actor }: Told,
  before: Setting | undefined,
  after: Setting,
  cause: Cause,
  write: (q: Queryable) => Promise<boolean>,
): Promise<boolean> {
  return db.transaction('gateway', async (tx) => {
    const kept = await write(tx)
    if (kept) await append(tx, log, entriesOf(before, after, { actor, cause }))
    return kept
  })
}
