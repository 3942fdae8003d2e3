import { appendEntries, auditHead, readLogId } from '../../audit/append.ts'
import type { Queryable } from '../../db/database.ts'

/** Why tokens are revoked that nobody named. */
type Reason = 'password' | 'account_changed' | 'account_deleted'

/**
 * Revokes every personal access token of somebody, for whoever made them may be why; each is written down as if it had
 * been revoked by itself. In a transaction, let it come late: others wait for the log until the commit.
 */
export async function revokeAllTokens(db: Queryable, userId: string, reason: Reason): Promise<void> {
  const tokens = await db.query<{ id: string }>(
    `update public.access_tokens set revoked_at = now() where user_id = $1 and revoked_at is null returning id`,
    [userId],
  )
  if (tokens.length === 0) return
  const [person] = await db.query<{ actor: string }>(
    'select actor from public.audit_actors where user_id = $1',
    [userId],
  )
  const log = await readLogId(db)
  const at = new Date()
  const actor = person?.actor ?? 'unknown'
  const entries = tokens.map(
    ({ id }) => ({ channel: 'api', kind: 'token.revoke', actor, data: { id, reason } }) as const,
  )
  await appendEntries(
    db,
    entries.map((entry) => auditHead(log, entry, at)),
  )
}
