import type { Database, Row } from '../../db/database.ts'
import { shownPrefix } from '../../signin/access-tokens/format.ts'

type Facts = { [name: string]: unknown }

interface TokenRow extends Row {
  id: string
  name: string
  scopes: string[]
  created_at: Date
  expires_at: Date
  last_used_at: Date | null
  revoked_at: Date | null
}

/** What sign-in knows of a person; null where it is not ours to read. */
export async function accountFacts(db: Database, userId: string): Promise<unknown> {
  const [row] = await db.query<{ account: Facts | null }>('select helix.export_account($1) as account', [
    userId,
  ])
  return withMoments(row?.account ?? null)
}

/** Every access token there was, also revoked ones, without a secret. */
export async function tokenFacts(db: Database, userId: string): Promise<unknown[]> {
  const rows = await db.query<TokenRow>(
    `select id, name, scopes, created_at, expires_at, last_used_at, revoked_at from public.access_tokens
     where user_id = $1 order by created_at, id`,
    [userId],
  )
  return rows.map((row) => ({
    id: row.id,
    prefix: shownPrefix(row.id),
    name: row.name,
    scopes: row.scopes,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  }))
}

/** What the person's calls cost by day, as their budget counts it. */
export async function spendingFacts(db: Database, userId: string): Promise<unknown[]> {
  return db.query(
    `select to_char(starts_on, 'YYYY-MM-DD') as "date", spent_nano_usd as "spentNanoUsd" from public.budgets
     where user_id = $1 order by starts_on`,
    [userId],
  )
}

/** PostgreSQL's moments inside JSON (`…+00:00`, microseconds), as the rest of the document writes them. */
function withMoments(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => withMoments(item))
  if (typeof value === 'string' && name.endsWith('At')) return new Date(value).toISOString()
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, key === 'metadata' ? inner : withMoments(inner, key)]),
  )
}
