import { appendEntries, auditHead } from '../../audit/append.ts'
import type { NewEntry } from '../../audit/entry.ts'
import {
  type AccessToken,
  type CreatedToken,
  type CreateTokenRequest,
  MOST_TOKENS,
  type TokenScope,
} from '../../contract/tokens.ts'
import type { Database, Row, Transaction } from '../../db/database.ts'
import { HelixError } from '../../errors.ts'
import type { Person } from '../../people/person.ts'
import { drawAccessToken, isTokenId, shownPrefix } from './format.ts'
import { createLastUsed } from './last-used.ts'
import { createTokenVerifier, type TokenUse } from './verify.ts'

interface TokenRow extends Row {
  id: string
  name: string
  scopes: TokenScope[]
  created_at: Date
  expires_at: Date
  last_used_at: Date | null
}

interface AccessTokensDeps {
  db: Database
  /** The log where making and revoking are written down. */
  log: string
  onError: (error: unknown) => void
}

type Owner = Pick<Person, 'userId' | 'actor'>

export type AccessTokens = ReturnType<typeof createAccessTokens>

/** How many revoked tokens of one person are remembered as revoked; older ones are unknown. */
const MOST_REMEMBERED = 200

const COLUMNS = 'id, name, scopes, created_at, expires_at, last_used_at'

/** People's personal access tokens: making, listing, revoking, and letting in who brings one. */
export function createAccessTokens({ db, log, onError }: AccessTokensDeps) {
  const verifier = createTokenVerifier(db)
  const lastUsed = createLastUsed(db, onError)
  const write = (tx: Transaction, entry: NewEntry) =>
    appendEntries(tx, [auditHead(log, entry, new Date())]).then(() => {})

  return {
    /** @throws HelixError `unauthorized`, with the reason in its details */
    async verify(token: string): Promise<TokenUse> {
      const use = await verifier.verify(token)
      lastUsed.note(use.id)
      return use
    },

    /** Those that were not revoked, newest first, expired ones for a month longer. */
    async list(userId: string): Promise<AccessToken[]> {
      const rows = await db.query<TokenRow>(
        `select ${COLUMNS} from public.access_tokens
         where user_id = $1 and revoked_at is null and expires_at > now() - interval '30 days'
         order by created_at desc, id limit 500`,
        [userId],
      )
      return rows.map(toAccessToken)
    },

    /** The answer is the only place where the token itself is ever found. @throws HelixError `too_many_tokens` */
    async create(owner: Owner, { name, scopes, expiresIn }: CreateTokenRequest): Promise<CreatedToken> {
      const { id, token, secretHash } = drawAccessToken()
      const row = await db.transaction('gateway', async (tx) => {
        await makeRoom(tx, owner.userId)
        const [made] = await tx.query<TokenRow>(
          `insert into public.access_tokens (id, user_id, name, secret_hash, scopes, expires_at)
           values ($1, $2, $3, $4, $5::text[], now() + make_interval(secs => $6)) returning ${COLUMNS}`,
          [id, owner.userId, name, secretHash, scopes, expiresIn],
        )
        if (!made) throw new Error('An inserted token returned no row')
        const expiresAt = made.expires_at.toISOString()
        await write(tx, entryOf(owner, 'create', { id, scopes, expiresAt }))
        return made
      })
      return { ...toAccessToken(row), token }
    },

    /** @throws HelixError `token_not_found` when it is another's, unknown, or revoked already */
    async revoke(owner: Owner, id: string): Promise<void> {
      if (!isTokenId(id)) throw tokenNotFound(id)
      await db.transaction('gateway', async (tx) => {
        const revoked = await tx.query(
          `update public.access_tokens set revoked_at = now()
           where id = $1 and user_id = $2 and revoked_at is null returning id`,
          [id, owner.userId],
        )
        if (revoked.length === 0) throw tokenNotFound(id)
        await write(tx, entryOf(owner, 'revoke', { id }))
      })
      verifier.forget(id)
    },

    close: () => lastUsed.settled(),
  }
}

/** Drops what ended long ago and makes sure that one more may be. Two at once wait for each other at the profile. */
async function makeRoom(tx: Transaction, userId: string): Promise<void> {
  await tx.query('select from public.user_profiles where user_id = $1 for update', [userId])
  await tx.query(
    `delete from public.access_tokens
     where user_id = $1 and (least(revoked_at, expires_at) < now() - interval '30 days' or id in (
       select id from public.access_tokens where user_id = $1 and revoked_at is not null
       order by revoked_at desc offset $2))`,
    [userId, MOST_REMEMBERED],
  )
  const [row] = await tx.query<{ count: number }>(
    `select count(*) as count from public.access_tokens
     where user_id = $1 and revoked_at is null and expires_at > now()`,
    [userId],
  )
  if (Number(row?.count) < MOST_TOKENS) return
  throw new HelixError('too_many_tokens', `There are ${MOST_TOKENS} access tokens already`, {
    hint: 'Revoke one you no longer need: `helix token list`, then `helix token revoke <id>`.',
    next: ['helix token list', 'helix token revoke <id>'],
  })
}

function entryOf({ actor }: Owner, act: 'create' | 'revoke', data: Record<string, unknown>): NewEntry {
  return { channel: 'api', kind: `token.${act}`, actor, data }
}

function tokenNotFound(id: string): HelixError {
  return new HelixError('token_not_found', `No access token ${id.slice(0, 80)}`, {
    hint: 'List yours with `helix token list`.',
    next: ['helix token list'],
  })
}

function toAccessToken(row: TokenRow): AccessToken {
  return {
    id: row.id,
    prefix: shownPrefix(row.id),
    name: row.name,
    scopes: row.scopes,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  }
}
