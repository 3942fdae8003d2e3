import { hash } from 'node:crypto'
import type { Head } from '../audit/append.ts'
import { continueLog } from '../audit/continue.ts'
import { unlockFactors } from '../backup/factors.ts'
import { replaceRows } from '../backup/replace.ts'
import { assertReadable, reachSchema } from '../backup/reset.ts'
import { assertChain } from '../backup/restore.ts'
import { schemaOf } from '../backup/schema.ts'
import { readKeys, type Snapshot, takeSnapshot } from '../backup/snapshot.ts'
import { assertStands } from '../backup/stands.ts'
import type { Mode } from '../config/mode.ts'
import { release } from '../config/package.ts'
import type { BulkTransaction, Database, Queryable, Transaction } from '../db/database.ts'
import { migrate } from '../db/migrations/migrate.ts'
import { isStatementError } from '../db/statement-error.ts'
import { unhurried } from '../db/unhurried.ts'
import { codeOf, HelixError } from '../errors.ts'
import { assertApart } from './apart.ts'
import { type Staged, stageTables } from './bring.ts'
import { placeStaged, removeStage } from './stage.ts'

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
  /** What was copied, and how much of it an interrupted copy had brought before, in bytes. */
  bytes: number
  bytesFound: number
  tables: number
  /** The log the copy goes on under. */
  chain: Head
  /** Keys of the installation, by the names of their files. */
  keys: Map<string, Buffer>
}

/**
 * Copies everything Helix owns, as of one moment, into a database without people, whatever each is kept by. The rows are
 * brought beside what people see, kept piece by piece; then one transaction puts them in their place, holds every table to
 * what was read and the chain to its end. Whoever is interrupted finds nothing of it in the target, and the next copy
 * brings only what is not there yet.
 * @throws HelixError `precondition_failed` where the target has people or is the source, `schema_ahead`, `lock_held` while
 *   another copy goes there, `restore_failed`
 */
export async function copyDatabase(deps: CopyDeps, onTable?: (name: string) => void): Promise<Copied> {
  const { from, to, confirm } = deps
  const migrations = await from.db.transaction('owner', schemaOf)
  if (migrations.length === 0) throw nothingThere(from.name)
  const schema = { version: migrations.at(-1) ?? '', migrations }
  assertReadable({ id: from.name, helix: release(), schema })
  await assertApart(from, to)
  await assertNobodyIn(to)
  await reachSchema(to.db, { schema }, { mode: to.mode, confirm })
  const copied = await to.db.lock('db copy', () => bringAll(deps, onTable), { waitMs: 0 })
  await migrate(to.db, { mode: to.mode })
  return copied
}

async function bringAll(deps: CopyDeps, onTable?: (name: string) => void): Promise<Copied> {
  const { from, to, signal } = deps
  try {
    const read = await from.db.bulk(
      (source) => unhurried(source, from.db.engine, () => stage(source, deps, onTable)),
      { snapshot: true, signal },
    )
    return await to.db.bulk((target) => pour(target, read, deps), { signal })
  } catch (thrown) {
    await to.db.transaction('owner', (tx) => removeUseless(tx, thrown)).catch(() => {})
    throw thrown
  }
}

/** Removes what was brought where no later copy gets further by it: it came out wrong, or people live there by now. */
async function removeUseless(tx: Transaction, thrown: unknown): Promise<void> {
  const badRows = isStatementError(thrown) && /^2[23]/.test(thrown.code)
  if (badRows || codeOf(thrown) === 'restore_failed' || (await hasPeople(tx))) await removeStage(tx)
}

/** What was read of the source, and lies in the target beside what is seen there. */
interface Read extends Staged {
  snapshot: Snapshot
  keys: Map<string, Buffer>
}

async function stage(
  source: BulkTransaction,
  { from, to, signal }: CopyDeps,
  onTable?: (name: string) => void,
): Promise<Read> {
  const snapshot = await takeSnapshot(source, { dataDir: from.dataDir })
  const keys = await readKeys(from.dataDir)
  const tables = snapshot.kept.map(({ schema, name, columns }) => [schema, name, columns])
  const scope = hash('sha256', JSON.stringify([snapshot.migrations, tables, to.mode]))
  const staged = await stageTables(source, snapshot.kept, { to: to.db, scope, signal, onTable })
  return { ...staged, snapshot, keys }
}

/** Has people find what was brought: all of it or nothing. */
async function pour(target: BulkTransaction, read: Read, { from, to, actor }: CopyDeps): Promise<Copied> {
  const { snapshot, keys, tables, bytes, bytesFound } = read
  const facts = tables.map((table) => table.facts)
  // Whoever signs up from now on waits for the end of this, and whoever did since the first look is found.
  await target.script('lock table auth.users, public.conversations in exclusive mode')
  if (await hasPeople(target)) throw peopleIn(to.name)
  await replaceRows(target, { engine: to.db.engine, sequences: snapshot.sequences }, (places) =>
    placeStaged(target, places, tables),
  )
  await assertStands(target, {
    ...{ tables: facts, what: from.name },
    hint: 'Nothing was copied. Look whether everything fits together in the source: helix db check.',
    next: ['helix db check'],
  })
  await assertChain(target, `what was read of ${from.name}`, snapshot.chain)
  await unlockFactors(target, { from: from.mode, to: to.mode, files: keys })
  const chain = await continueLog(target, { actor, backup: `copy of ${from.name}` })
  await removeStage(target)
  const rows = facts.reduce((sum, table) => sum + table.rows, 0)
  return { rows, bytes, bytesFound, tables: facts.length, chain, keys }
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

function nothingThere(name: string): HelixError {
  return new HelixError('precondition_failed', `The database of ${name} is empty: there is nothing to copy`, {
    hint: 'Name the environment whose data are to be copied: --from <env>.',
  })
}
