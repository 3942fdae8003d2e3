import type { Queryable } from '../../db/database.ts'

/** Revokes every personal access token of somebody: whoever made them may be why. */
export async function revokeAllTokens(db: Queryable, userId: string): Promise<void> {
  await db.query(
    `update public.access_tokens set revoked_at = now() where user_id = $1 and revoked_at is null`,
    [userId],
  )
}
