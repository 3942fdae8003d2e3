import type { Queryable } from '../db/database.ts'
import { SignInError } from './failure.ts'
import { randomToken, tokenHash } from './tokens.ts'

/** What a one-time link is for, by GoTrue's names, with the column it counts as and its life in seconds. */
const LINKS = {
  signup: { tokenType: 'confirmation_token', seconds: 86_400 },
  magiclink: { tokenType: 'recovery_token', seconds: 3600 },
} as const

export type LinkType = keyof typeof LINKS

/** Whether `type`, as a link's address gives it, is one Helix makes. */
export function isLinkType(type: unknown): type is LinkType {
  return typeof type === 'string' && Object.hasOwn(LINKS, type)
}

/** Makes the secret of a one-time link for `email`; an earlier one of the same kind no longer works. */
export async function createLinkToken(
  db: Queryable,
  type: LinkType,
  userId: string,
  email: string,
): Promise<string> {
  const token = randomToken()
  await db.query(
    `insert into auth.one_time_tokens as t (user_id, token_type, token_hash, relates_to) values ($1, $2, $3, $4)
    on conflict (user_id, token_type) do update
    set token_hash = excluded.token_hash, relates_to = excluded.relates_to, created_at = now(), updated_at = now()`,
    [userId, LINKS[type].tokenType, tokenHash(token), email],
  )
  return token
}

/**
 * Spends the secret of a link; resolves to whose it was.
 * @throws SignInError `otp_expired` when it is unknown, spent, too old, or the person's address is another by now.
 */
export async function spendLinkToken(db: Queryable, type: LinkType, token: string): Promise<string> {
  const { tokenType, seconds } = LINKS[type]
  const [spent] = await db.query<{ user_id: string; good: boolean }>(
    `delete from auth.one_time_tokens t using auth.users u
    where t.token_hash = $1 and t.token_type = $2 and u.id = t.user_id
    returning t.user_id, (t.created_at > now() - make_interval(secs => $3) and t.relates_to = u.email) as good`,
    [tokenHash(token), tokenType, seconds],
  )
  if (!spent?.good) throw new SignInError('otp_expired', 'Email link is invalid or has expired')
  return spent.user_id
}

/** The address that spends a link's secret; `redirectTo` is where the browser goes with its tokens. */
export function linkUrl(origin: string, type: LinkType, token: string, redirectTo: string): string {
  const query = new URLSearchParams({ token, type, redirect_to: redirectTo })
  return `${origin}/auth/v1/verify?${query}`
}
