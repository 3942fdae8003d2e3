import { createHmac, randomInt, timingSafeEqual } from 'node:crypto'
import type { Queryable, Transaction } from '../db/database.ts'
import type { Keys } from './keys.ts'
import { randomToken, tokenHash } from './tokens.ts'

/** Each kind of one-time token, by GoTrue's name, with its life in seconds. */
const SECONDS = {
  confirmation_token: 86_400,
  recovery_token: 3600,
  email_change_token_new: 86_400,
  email_change_token_current: 86_400,
  reauthentication_token: 3600,
} as const

export type TokenType = keyof typeof SECONDS

/** Which mail a token went out with; also how a session is said to have begun, for a program that waits (PKCE). */
export type Purpose = 'signup' | 'magiclink' | 'recovery' | 'invite' | 'email_change' | 'reauthentication'

/** After so many wrong codes only the link still works: six digits must not be guessable. */
const MOST_ATTEMPTS = 5

/** What a mail carries. Both are secrets, and spending one spends the other. */
export interface OneTimeToken {
  /** Of 256 random bits; `pkce_` in front says that a program waits for an `auth_code`. */
  link: string
  /** Six digits. */
  code: string
}

interface NewToken {
  type: TokenType
  purpose: Purpose
  userId: string
  /** The address it is sent to, which proves to be the reader's. */
  email: string
  /** Id of the flow that waits for it, from `openFlow`. */
  flowId: string | null
}

/** Makes a token; an earlier one of the same kind for the same person no longer works. */
export async function createOneTimeToken(db: Queryable, keys: Keys, token: NewToken): Promise<OneTimeToken> {
  const { type, purpose, userId, email, flowId } = token
  const link = `${flowId === null ? '' : 'pkce_'}${randomToken()}`
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  await db.query(
    `insert into auth.one_time_tokens as t
      (user_id, token_type, token_hash, code_hash, relates_to, purpose, flow_state_id)
    values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (user_id, token_type) do update
    set token_hash = excluded.token_hash, code_hash = excluded.code_hash, relates_to = excluded.relates_to,
      purpose = excluded.purpose, flow_state_id = excluded.flow_state_id, attempts = 0,
      created_at = now(), updated_at = now()`,
    [userId, type, tokenHash(link), codeHash(keys, { type, userId, email }, code), email, purpose, flowId],
  )
  return { link, code }
}

/** A token that has been spent just now. */
export interface SpentToken {
  type: TokenType
  purpose: Purpose
  userId: string
  email: string
  flowId: string | null
}

type TokenRow = {
  id: string
  user_id: string
  token_type: TokenType
  purpose: Purpose
  relates_to: string
  code_hash: string | null
  flow_state_id: string | null
}

const COLUMNS = 't.id, t.user_id, t.token_type, t.purpose, t.relates_to, t.code_hash, t.flow_state_id'
const FRESH = 't.created_at > now() - make_interval(secs => life.seconds)'

/** Spends the token with this link, if it is one of these kinds and still good; of many at once, one succeeds. */
export async function spendLink(
  tx: Transaction,
  types: readonly TokenType[],
  link: string,
): Promise<SpentToken | undefined> {
  const [row] = await tx.query<TokenRow>(
    `delete from auth.one_time_tokens t using unnest($2::text[], $3::integer[]) as life (type, seconds)
    where t.token_hash = $1 and t.token_type = life.type and ${FRESH}
    returning ${COLUMNS}`,
    [tokenHash(link), types, secondsOf(types)],
  )
  return row && spent(row)
}

/**
 * Spends the token with this code among those sent to `email`. A wrong code is counted, so the transaction must be
 * committed also when this resolves to undefined.
 */
export async function spendCode(
  tx: Transaction,
  keys: Keys,
  { types, email, code }: { types: readonly TokenType[]; email: string; code: string },
): Promise<SpentToken | undefined> {
  const rows = await tx.query<TokenRow>(
    `select ${COLUMNS} from auth.one_time_tokens t
    join unnest($2::text[], $3::integer[]) as life (type, seconds) on t.token_type = life.type
    where t.relates_to = $1 and t.code_hash is not null and ${FRESH}
    order by t.id for update of t`,
    [email, types, secondsOf(types)],
  )
  const found = rows.find((row) => sameHash(row.code_hash, codeHash(keys, spent(row), code)))
  if (found) {
    await tx.query(`delete from auth.one_time_tokens where id = $1`, [found.id])
    return spent(found)
  }
  await tx.query(
    `update auth.one_time_tokens set attempts = attempts + 1, updated_at = now(),
      code_hash = case when attempts + 1 >= $2 then null else code_hash end
    where id = any($1::uuid[])`,
    [rows.map(({ id }) => id), MOST_ATTEMPTS],
  )
  return undefined
}

/** What the database keeps of a code: nothing that can be tried out without our key. */
function codeHash(keys: Keys, { type, userId, email }: CodePlace, code: string): string {
  const place = JSON.stringify(['one-time code', type, userId, email, code])
  return createHmac('sha256', keys.refreshSecret.reveal()).update(place).digest('hex')
}

type CodePlace = Pick<NewToken, 'type' | 'userId' | 'email'>

function sameHash(stored: string | null, presented: string): boolean {
  return stored?.length === presented.length && timingSafeEqual(Buffer.from(stored), Buffer.from(presented))
}

function spent(row: TokenRow): SpentToken {
  return {
    type: row.token_type,
    purpose: row.purpose,
    userId: row.user_id,
    email: row.relates_to,
    flowId: row.flow_state_id,
  }
}

const secondsOf = (types: readonly TokenType[]) => types.map((type) => SECONDS[type])
