import type { BulkTransaction, Database, Queryable, Transaction } from '../db/database.ts'
import { isStatementError } from '../db/statement-error.ts'
import { takeTime } from '../db/unhurried.ts'
import { HelixError } from '../errors.ts'
import { notThere } from './place.ts'
import { type KeptSequence, type KeptTable, keptTables, ownTables, qualified } from './tables.ts'

const NO_RIGHT = '42501'
const INDEX_MEMORY = '256MB'
/** Who does a job right now, and how much of what was asked: they outlive a restore. */
const LEFT_ALONE = ['leases', 'gateways', 'rate_limits']

interface Replacing {
  engine: Database['engine']
  sequences: readonly KeptSequence[]
}

/**
 * Has `fill` put rows in place of all there are, in the transaction given: triggers off, foreign keys and indexes made
 * anew once the rows are in, which also checks them. `fill` is told of the tables, empty by then.
 */
export async function replaceRows<T>(
  tx: BulkTransaction,
  { engine, sequences }: Replacing,
  fill: (tables: readonly KeptTable[]) => Promise<T>,
): Promise<T> {
  await takeTime(tx, engine)
  if (engine === 'postgres') await takeMemory(tx)
  const tables = await keptTables(tx)
  const quiet = await quieten(tx, tables)
  await emptyAll(tx, tables)
  const rebuild = await dropForLoading(tx, tables)
  const filled = await fill(tables)
  for (const sql of rebuild) await tx.script(sql)
  for (const sequence of sequences) await setSequence(tx, sequence)
  await quiet()
  return filled
}

/** With the 64 MB of a server that was told nothing, the index of words took half as long again (docs/performance.md). */
async function takeMemory(tx: Transaction): Promise<void> {
  await tx.query(
    `select set_config('maintenance_work_mem', $1, true)
     where pg_size_bytes(current_setting('maintenance_work_mem')) < pg_size_bytes($1)`,
    [INDEX_MEMORY],
  )
}

/**
 * Keeps triggers from acting on what they acted on before: by the session's role where the login may, else table by
 * table. Resolves to the way back.
 */
async function quieten(tx: Transaction, tables: readonly KeptTable[]): Promise<() => Promise<void>> {
  await tx.script('savepoint quiet')
  try {
    await tx.script(`set local session_replication_role = replica; release savepoint quiet`)
    return () => tx.script(`set local session_replication_role = origin`)
  } catch (thrown) {
    if (!isStatementError(thrown, NO_RIGHT)) throw thrown
    await tx.script('rollback to savepoint quiet')
  }
  const names = [...(await ownTables(tx)).map((name) => ({ schema: 'public', name })), ...tables]
  const all = await ownedAmong(tx, [...new Set(names.map(qualified))])
  for (const name of all) await tx.script(`alter table ${name} disable trigger user`)
  return async () => {
    for (const name of all) await tx.script(`alter table ${name} enable trigger user`)
  }
}

/** Only an owner disables triggers; those of the accounts of a Supabase project are nothing of Helix's. */
async function ownedAmong(tx: Transaction, names: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(
    `select t as name from unnest($1::text[]) t join pg_class c on c.oid = to_regclass(t)
     where pg_has_role(c.relowner, 'usage')`,
    [names],
  )
  return rows.map(({ name }) => name)
}

/** Empties what is loaded and whatever refers to it. @throws HelixError `restore_failed` where others' tables do */
async function emptyAll(tx: Transaction, tables: readonly KeptTable[]): Promise<void> {
  const own = (await ownTables(tx)).filter((name) => !LEFT_ALONE.includes(name))
  const names = [...own.map((name) => qualified({ schema: 'public', name })), ...tables.map(qualified)]
  const referring = await tx.query<{ schema: string; name: string }>(
    `with recursive found(oid) as (
       select to_regclass(t)::oid from unnest($1::text[]) t
       union select c.conrelid from pg_constraint c join found f on c.confrelid = f.oid where c.contype = 'f')
     select n.nspname as schema, c.relname as name from found f
     join pg_class c on c.oid = f.oid join pg_namespace n on n.oid = c.relnamespace`,
    [[...new Set(names)]],
  )
  const known = new Set(own)
  const foreign = referring.find(
    ({ schema, name }) => schema !== 'auth' && !(schema === 'public' && known.has(name)),
  )
  if (foreign) throw otherApplication(qualified(foreign))
  await tx.script(`truncate ${referring.map(qualified).join(', ')}`)
}

/**
 * Drops foreign keys and indexes of what this login owns, and checks that rows from before them need not meet; resolves
 * to the statements that make them again.
 */
async function dropForLoading(tx: Transaction, tables: readonly KeptTable[]): Promise<string[]> {
  const names = tables.map(qualified)
  const mine = `c.oid = any(select to_regclass(t) from unnest($1::text[]) t) and pg_has_role(c.relowner, 'usage')`
  const keys = await tx.query<{ drop: string; make: string }>(
    `select format('alter table %s drop constraint %I', c.oid::regclass, k.conname) as drop,
       format('alter table %s add constraint %I %s', c.oid::regclass, k.conname, pg_get_constraintdef(k.oid)) as make
     from pg_constraint k join pg_class c on c.oid = k.conrelid where (k.contype = 'f' or k.contype = 'c' and not k.convalidated) and ${mine} order by 1`,
    [names],
  )
  const indexes = await tx.query<{ drop: string; make: string }>(
    `select format('drop index %s', i.indexrelid::regclass) as drop, pg_get_indexdef(i.indexrelid) as make
     from pg_index i join pg_class c on c.oid = i.indrelid
     where ${mine} and not exists (select from pg_constraint k where k.conindid = i.indexrelid) order by 1`,
    [names],
  )
  for (const { drop } of [...keys, ...indexes]) await tx.script(drop)
  return [...indexes, ...keys].map(({ make }) => make)
}

/** A sequence that is not there would begin anew, and give numbers out twice. */
async function setSequence(q: Queryable, { name, value, called }: KeptSequence): Promise<void> {
  const [set] = await q.query<{ set: boolean }>(
    'select setval(to_regclass($1), $2::bigint, $3) is not null as set',
    [name, value, called],
  )
  if (!set?.set) throw notThere(`sequence ${name}`)
}

function otherApplication(table: string): HelixError {
  return new HelixError(
    'restore_failed',
    `${table} of another application refers to people who would be replaced`,
    {
      hint: 'Restore into a database of its own, or drop that foreign key first.',
    },
  )
}
