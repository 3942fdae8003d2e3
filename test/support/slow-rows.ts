import type { Database } from '../../src/db/database.ts'

/** Rows of some kilobytes each, in a table that every backup holds: about 5 MB for a thousand. */
export function manyRows(db: Database, rows: number): Promise<void> {
  return db.transaction('owner', (tx) =>
    tx.script(
      `insert into public.settings (key, value) select 'row-' || i, to_jsonb((
         select string_agg(md5((i * 1000 + k)::text), '') from generate_series(1, 150) k)) from generate_series(1, ${rows}) i`,
    ),
  )
}

/** Has the database take its time over each of those rows from now on; resolves to the way to end that. */
export async function slowRows(db: Database): Promise<() => Promise<void>> {
  const script = (sql: string) => db.transaction('owner', (tx) => tx.script(sql))
  const judge = (verdict: string) =>
    `create or replace function public.judge_row() returns boolean language sql volatile as 'select ${verdict}'`
  // What is there passes at once; a check that was never made would not outlive a restore.
  await script(
    `${judge('true')}; alter table public.settings add constraint judged check (public.judge_row()); ${judge('pg_sleep(0.05) is not null')}`,
  )
  return () => script('alter table public.settings drop constraint judged; drop function public.judge_row()')
}

/** Resolves once a statement that begins so runs in the database; with `waiting`, once it waits for a lock. */
export async function untilRunning(db: Database, beginning: string, waiting = false): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = await db.transaction('owner', (tx) =>
      tx.query(
        `select from pg_stat_activity where datname = current_database() and state = 'active'
           and starts_with(query, $1) and (wait_event_type = 'Lock' or not $2)`,
        [beginning, waiting],
      ),
    )
    if (found.length > 0) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`nothing that begins with ${beginning} ran`)
}
