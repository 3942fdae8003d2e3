import type { Transaction } from '../../db/database.ts'
import { checkedMetadata } from '../metadata.ts'

const COLUMNS = { App: 'raw_app_meta_data', User: 'raw_user_meta_data' } as const

/**
 * Lays `changes` over a person's metadata; a key of null is taken away, as GoTrue does.
 * @throws SignInError `validation_failed` when the whole would not fit into a token
 */
export async function setMetadata(
  tx: Transaction,
  whose: keyof typeof COLUMNS,
  userId: string,
  changes: Record<string, unknown>,
): Promise<void> {
  const column = COLUMNS[whose]
  const [row] = await tx.query<{ data: Record<string, unknown> }>(
    `update auth.users set updated_at = now(), ${column} = (coalesce(${column}, '{}') || $2::jsonb) - $3::text[]
    where id = $1 returning ${column} as data`,
    [userId, JSON.stringify(changes), Object.keys(changes).filter((key) => changes[key] === null)],
  )
  if (row) checkedMetadata(row.data, whose)
}

export async function setRole(tx: Transaction, userId: string, role: string): Promise<void> {
  await tx.query('update auth.users set role = $2, updated_at = now() where id = $1', [userId, role])
}

/** Bans a person for so many ms from now; null lifts the ban. */
export async function setBan(tx: Transaction, userId: string, ms: number | null): Promise<void> {
  await tx.query(
    `update auth.users set banned_until = now() + make_interval(secs => $2), updated_at = now() where id = $1`,
    [userId, ms === null ? null : ms / 1000],
  )
}
