import { randomInt } from 'node:crypto'
import { resolve } from 'node:path'
import type { Database } from '../db/database.ts'
import { HelixError } from '../errors.ts'
import type { CopyEnd } from './copy.ts'

/** Two names of one database would wait for each other for ever. */
export async function assertApart(from: CopyEnd, to: CopyEnd): Promise<void> {
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
