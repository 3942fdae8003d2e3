import type { Queryable } from '../db/database.ts'
import { readSetting, type Setting } from './setting.ts'

/** Where gateways hear that the row has changed. */
export const CHANNEL = 'helix_maintenance'

/** The setting in the database; undefined when there never was one. */
export async function readRow(q: Queryable): Promise<Setting | undefined> {
  const [row] = await q.query<{ value: unknown }>(
    `select value from public.settings where key = 'maintenance'`,
  )
  return readSetting(row?.value)
}

/** Keeps a setting unless a later one is there, and tells all gateways. Answers whether it was kept. */
export async function writeRow(q: Queryable, setting: Setting): Promise<boolean> {
  const kept = await q.query(
    `insert into public.settings as s (key, value) values ('maintenance', $1::jsonb)
    on conflict (key) do update set value = excluded.value, updated_at = now()
    where coalesce(s.value ->> 'at', '') collate "C" < (excluded.value ->> 'at') collate "C"
    returning key`,
    [JSON.stringify(setting)],
  )
  return tellIf(q, kept.length > 0, setting)
}

/** Ends the maintenance of this revision; false when another gateway did, or it was set anew. */
export async function endRow(q: Queryable, revision: string, over: Setting): Promise<boolean> {
  const kept = await q.query(
    `update public.settings set value = $2::jsonb, updated_at = now()
    where key = 'maintenance' and value ->> 'revision' = $1 returning key`,
    [revision, JSON.stringify(over)],
  )
  return tellIf(q, kept.length > 0, over)
}

async function tellIf(q: Queryable, changed: boolean, { revision }: Setting): Promise<boolean> {
  if (changed) await q.query('select pg_notify($1, $2)', [CHANNEL, revision])
  return changed
}
