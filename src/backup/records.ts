import type { Queryable } from '../db/database.ts'
import { isStatementError } from '../db/statement-error.ts'
import type { Manifest } from './manifest.ts'
import type { Proof } from './proof.ts'

const NO_SUCH_TABLE = '42P01'
/** Records kept: who watches ages asks for the newest alone. */
const KEPT = 1_000

const NOTE = `
  insert into public.backup_records (id, made_at, place, bytes, proved_at, restore_ms) values ($1, $2, $3, $4, $5, $6)
  on conflict (id) do update set
    proved_at = coalesce(excluded.proved_at, backup_records.proved_at),
    restore_ms = coalesce(excluded.restore_ms, backup_records.restore_ms)`

/** Notes in the database that a backup was made, or proved; does nothing where its schema has no place for that. */
export async function noteBackup(
  q: Queryable,
  manifest: Manifest,
  place: string,
  proof?: Proof,
): Promise<void> {
  const { id, at, archive } = manifest
  const proved = proof ? [new Date(proof.at), proof.restoreMs] : [null, null]
  await q
    .query(NOTE, [id, new Date(at), place.slice(0, 1_000), archive.bytes, ...proved])
    .then(() =>
      q.query(
        `delete from public.backup_records where id in
           (select id from public.backup_records order by made_at desc offset $1)`,
        [KEPT],
      ),
    )
    .catch((thrown) => {
      if (!isStatementError(thrown, NO_SUCH_TABLE)) throw thrown
    })
}

/** When the newest backup was made, and when a restore was last proved; undefined for what never was. */
export interface BackupAges {
  madeAt: Date | undefined
  /** When the oldest one that is remembered was made. */
  firstAt: Date | undefined
  provedAt: Date | undefined
  /** How long that restore took, in ms. */
  restoreMs: number | undefined
}

export async function backupAges(q: Queryable): Promise<BackupAges> {
  const [row] = await q.query<{
    made: Date | null
    first: Date | null
    proved: Date | null
    took: number | null
  }>(
    `select max(made_at) as made, min(made_at) as first, max(proved_at) as proved,
       (select restore_ms from public.backup_records where proved_at is not null order by proved_at desc limit 1) as took
     from public.backup_records`,
  )
  return {
    madeAt: row?.made ?? undefined,
    firstAt: row?.first ?? undefined,
    provedAt: row?.proved ?? undefined,
    restoreMs: row?.took ?? undefined,
  }
}
