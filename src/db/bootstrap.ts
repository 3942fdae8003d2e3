import type { Queryable, Transaction } from './database.ts'
import { runScript } from './migrations/apply.ts'
import { bootstrapDirectory, readScripts, type Script } from './migrations/files.ts'

const ROLES = ['anon', 'authenticated', 'service_role', 'helix_gateway']

/**
 * Gives a database what hosted Supabase brings of its own: roles, schema auth, the publication. It is no
 * migration and is recorded nowhere but in `helix.bootstrap`; unchanged, it is left alone.
 * Resolves to whether anything ran.
 * @throws HelixError `migration_failed`.
 */
export async function bootstrap(tx: Transaction, directory = bootstrapDirectory()): Promise<boolean> {
  const scripts = readScripts(directory)
  if ((await isCurrent(tx, scripts)) && (await hasRoles(tx))) return false
  for (const script of scripts) {
    await runScript(tx, script)
    await tx.query(
      `insert into helix.bootstrap (file, sha256) values ($1, $2)
       on conflict (file) do update set sha256 = excluded.sha256, applied_at = now()`,
      [script.file, script.sha256],
    )
  }
  return true
}

async function isCurrent(q: Queryable, scripts: readonly Script[]): Promise<boolean> {
  const rows = await q.query<{ file: string; sha256: string }>('select file, sha256 from helix.bootstrap')
  const known = new Map(rows.map(({ file, sha256 }) => [file, sha256]))
  return scripts.every(({ file, sha256 }) => known.get(file) === sha256)
}

/** Roles live beside the database: a copy on another server, or another login, has to be given them anew. */
async function hasRoles(q: Queryable): Promise<boolean> {
  const [row] = await q.query<{ usable: number }>(
    `select count(*) as usable from pg_roles where rolname = any($1) and pg_has_role(current_user, oid,
       case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end)`,
    [ROLES],
  )
  return row?.usable === ROLES.length
}
