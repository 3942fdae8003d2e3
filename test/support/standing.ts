import { tableStands } from '../../src/backup/stands.ts'
import type { Database } from '../../src/db/database.ts'

/** What a command adds to by being run at all, and who does a job right now. */
const WRITTEN_TO = /^public\.(audit_|backup_records|discord_|leases|settings$)/

/** Count and digest of the rows people would miss, by table; of the settings those of `manyRows` alone. */
export async function standing(db: Database): Promise<Record<string, string>> {
  const stands = await db.bulk((tx) => tableStands(tx), { snapshot: true })
  const [settings] = await db.transaction('owner', (tx) =>
    tx.query<{ sum: string }>(
      `select count(*) || ' ' || md5(string_agg(key || value, '' order by key)) as sum
       from public.settings where key like 'row-%'`,
    ),
  )
  return {
    ...Object.fromEntries(
      stands
        .filter(({ name }) => !WRITTEN_TO.test(name))
        .map(({ name, rows, digest }) => [name, `${rows} ${digest}`]),
    ),
    settings: settings?.sum ?? '',
  }
}
