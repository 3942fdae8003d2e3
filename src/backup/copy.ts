import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Head } from '../audit/append.ts'
import { continueLog } from '../audit/continue.ts'
import type { Mode } from '../config/mode.ts'
import { release } from '../config/package.ts'
import type { BulkTransaction, Database, Queryable } from '../db/database.ts'
import { migrate } from '../db/migrations/migrate.ts'
import { HelixError } from '../errors.ts'
import { type Files, isThere } from '../files.ts'
import { unlockFactors } from './factors.ts'
import { loadParts } from './load.ts'
import { assertReadable, reachSchema } from './reset.ts'
import { assertChain } from './restore.ts'
import { schemaOf } from './schema.ts'
import { KEY_FILES, takeSnapshot } from './snapshot.ts'
import { assertStands } from './stands.ts'

/** A database and where its installation keeps its keys. */
export interface CopyEnd {
  /** What people call it: the environment. */
  name: string
  db: Database
  mode: Mode
  dataDir: string
}

export interface CopyDeps {
  from: CopyEnd
  to: CopyEnd
  /** Who copies, as entries name them. */
  actor: string
  /** Name of a database that is neither empty nor Helix's, to copy beside what it holds. */
  confirm: string | undefined
  /** Stops it before anything is committed. */
  signal?: AbortSignal
}

export interface Copied {
  rows: number
  tables: number
  /** The log the copy goes on under. */
  chain: Head
  /** Keys of the installation, by the names of their files. */
  keys: Map<string, Buffer>
}

/**
 * Copies everything Helix owns, as of one moment, into a database without people, whatever each is kept by. All of it or
 * nothing: every table is held to what was read, the chain to its end, and only then is anything committed; so whoever is
 * interrupted begins again.
 * @throws HelixError `precondition_failed` where the target has people or is the source, `schema_ahead`, `restore_failed`
 */
export async function copyDatabase(deps: CopyDeps, onTable?: (name: string) => void): Promise<Copied> {
  const { from, to, confirm, signal } = deps
  const migrations = await from.db.transaction('owner', schemaOf)
  if (migrations.length === 0) throw nothingThere(from.name)
  const schema = { version: migrations.at(-1) ?? '', migrations }
  assertReadable({ id: from.name, helix: release(), schema })
  await assertApart(from, to)
  await assertNobodyIn(to)
  await reachSchema(to.db, { schema }, { mode: to.mode, confirm })
  const copied = await from.db.bulk(
    (source) => to.db.bulk((target) => pour(source, target, deps, onTable), { signal }),
    { snapshot: true, signal },
  )
  await migrate(to.db, { mode: to.mode })
  return copied
}

async function pour(
  source: BulkTransaction,
  target: BulkTransaction,
  { from, to, actor }: CopyDeps,
  onTable?: (name: string) => void,
): Promise<Copied> {
  // Whoever signs up from now on waits for the end of this, and whoever did since the first look is found.
  await target.script('lock table auth.users, public.conversations in exclusive mode')
  if (await hasPeople(target)) throw peopleIn(to.name)
  const snapshot = await takeSnapshot(source, { dataDir: from.dataDir, onTable })
  const parts = snapshot.parts()
  const keys = await loadParts(target, { engine: to.db.engine, manifest: snapshot, parts })
  await assertStands(target, {
    ...{ tables: snapshot.tables, what: from.name },
    hint: 'Nothing was copied. Look whether everything fits together in the source: helix db check.',
    next: ['helix db check'],
  })
  await assertChain(target, `what was read of ${from.name}`, snapshot.chain)
  await unlockFactors(target, { from: from.mode, to: to.mode, files: keys })
  const chain = await continueLog(target, { actor, backup: `copy of ${from.name}` })
  const rows = snapshot.tables.reduce((sum, table) => sum + table.rows, 0)
  return { rows, tables: snapshot.tables.length, chain, keys }
}

/** Whether anybody lives in a database: of what was only migrated nothing is lost. */
async function hasPeople(q: Queryable): Promise<boolean> {
  if ((await schemaOf(q)).length === 0) return false
  const [found] = await q.query<{ found: boolean }>(
    'select exists (select from auth.users) or exists (select from public.conversations) as found',
  )
  return found?.found ?? false
}

async function assertNobodyIn({ name, db }: CopyEnd): Promise<void> {
  if (await db.transaction('owner', hasPeople)) throw peopleIn(name)
}

function peopleIn(name: string): HelixError {
  return new HelixError('precondition_failed', `The database of ${name} has people in it already`, {
    hint: 'A copy goes into an empty database only. To replace one, make a backup of the source and restore it there.',
    next: ['helix backup create', 'helix restore latest'],
  })
}

/** Two names of one database would wait for each other for ever. */
async function assertApart(from: CopyEnd, to: CopyEnd): Promise<void> {
  if (from.mode === 'embedded' || to.mode === 'embedded') assertOtherFolder(from, to)
  else if (await seesLock(from.db, to.db)) throw sameDatabase(from.name, to.name)
}

/** Of two embedded databases each has a folder of its own. @throws HelixError `precondition_failed` */
export function assertOtherFolder(from: Omit<CopyEnd, 'db'>, to: Omit<CopyEnd, 'db'>): void {
  const same = from.mode === to.mode && resolve(from.dataDir) === resolve(to.dataDir)
  if (same) throw sameDatabase(from.name, to.name)
}

function sameDatabase(from: string, to: string): HelixError {
  return new HelixError('precondition_failed', `${from} and ${to} have the same database`, {
    hint: 'Variables of this shell count in both: unset DATABASE_URL, SUPABASE_* and HELIX_DATA_DIR, and write them to .env.<env>.',
  })
}

/** Whether a lock that is held in one database shows in the other. */
function seesLock(one: Database, other: Database): Promise<boolean> {
  const key = randomInt(1, 2 ** 31)
  return one.transaction('owner', async (holder) => {
    await holder.query('select pg_advisory_xact_lock($1, $1)', [key])
    const [row] = await other.transaction('owner', (tx) =>
      tx.query<{ seen: boolean }>(
        `select exists (
           select from pg_locks l join pg_database d on d.oid = l.database
           where l.locktype = 'advisory' and l.classid = $1::oid and l.objid = $1::oid and d.datname = current_database()
         ) as seen`,
        [key],
      ),
    )
    return row?.seen ?? false
  })
}

function nothingThere(name: string): HelixError {
  return new HelixError('precondition_failed', `The database of ${name} is empty: there is nothing to copy`, {
    hint: 'Name the environment whose data are to be copied: --from <env>.',
  })
}

/** What becomes of the keys of a source or a backup, by their names. */
interface Keys {
  /** There was none of the name in the folder; now it is there. */
  written: string[]
  /** The folder has another, which is left: what the old one locked stays locked. */
  others: string[]
}

/** Puts the keys of an installation into a folder that has none; of what else was brought nothing is written. */
export async function bringKeys(
  { keys }: Pick<Copied, 'keys'>,
  { dataDir }: Pick<CopyEnd, 'dataDir'>,
  files: Pick<Files, 'create'>,
): Promise<Keys> {
  const written: string[] = []
  const others: string[] = []
  for (const name of KEY_FILES) {
    const content = keys.get(name)
    if (content === undefined) continue
    const path = join(dataDir, name)
    if (await isThere(path)) {
      if (!content.equals(await readFile(path))) others.push(name)
      continue
    }
    await files.create(path, content.toString())
    written.push(name)
  }
  return { written, others }
}
