import type { Database } from '../../src/db/database.ts'

const TABLES = `
  select format('%I.%I', n.nspname, c.relname) as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'm') and n.nspname in ('public', 'auth', 'helix') order by 1`

/** Every table, of Helix and of its sign-in, that has `text` anywhere in a row, and in how many. */
export function tracesOf(db: Database, text: string): Promise<Record<string, number>> {
  return db.transaction('owner', async (tx) => {
    const found: Record<string, number> = {}
    for (const { name } of await tx.query<{ name: string }>(TABLES)) {
      const [row] = await tx.query<{ count: number }>(
        `select count(*) as count from ${name} as t where position($1 in t::text) > 0`,
        [text],
      )
      if (row && row.count > 0) found[name] = row.count
    }
    return found
  })
}
