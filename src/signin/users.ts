import type { Queryable } from '../db/database.ts'

/** A person as GoTrue clients see one. Times are RFC 3339; absent ones are left out. */
export interface User {
  id: string
  aud: string
  role: string
  email: string
  phone: string
  app_metadata: Record<string, unknown>
  user_metadata: Record<string, unknown>
  identities: Identity[]
  created_at: string
  updated_at: string
  is_anonymous: boolean
  email_confirmed_at?: string
  phone_confirmed_at?: string
  confirmed_at?: string
  confirmation_sent_at?: string
  recovery_sent_at?: string
  invited_at?: string
  last_sign_in_at?: string
  banned_until?: string
  deleted_at?: string
  /** The address that waits to be confirmed. */
  new_email?: string
  email_change_sent_at?: string
  reauthentication_sent_at?: string
  /** Second factors, left out where there is none. */
  factors?: Factor[]
}

/** A second factor as clients see it; its secret stays inside. */
export interface Factor {
  id: string
  friendly_name?: string
  factor_type: 'totp' | 'phone' | 'webauthn'
  status: 'verified' | 'unverified'
  created_at: string
  updated_at: string
  last_challenged_at: string | null
}

interface Identity {
  identity_id: string
  id: string
  user_id: string
  identity_data: Record<string, unknown>
  provider: string
  last_sign_in_at: string
  created_at: string
  updated_at: string
  email: string
}

/** A row of `auth.users` with its identities; what the service decides by and what it shows. */
export interface Account {
  user: User
  /** Null where the person has none. */
  passwordHash: string | null
  confirmed: boolean
  banned: boolean
}

type AccountRow = {
  id: string
  aud: string | null
  role: string | null
  email: string | null
  phone: string | null
  encrypted_password: string | null
  raw_app_meta_data: Record<string, unknown> | null
  raw_user_meta_data: Record<string, unknown> | null
  identities: Identity[]
  factors: Factor[]
  is_anonymous: boolean
  email_change: string | null
  created_at: Date
  updated_at: Date
  banned: boolean
} & Record<MomentColumn, Date | null>

const MOMENTS = [
  'email_confirmed_at',
  'phone_confirmed_at',
  'confirmed_at',
  'confirmation_sent_at',
  'recovery_sent_at',
  'invited_at',
  'email_change_sent_at',
  'reauthentication_sent_at',
  'last_sign_in_at',
  'banned_until',
  'deleted_at',
] as const
type MomentColumn = (typeof MOMENTS)[number]

const SELECT = `
  select u.id, u.aud, u.role, u.email, u.phone, u.encrypted_password, u.raw_app_meta_data, u.raw_user_meta_data,
    u.is_anonymous, u.email_change, u.created_at, u.updated_at, ${MOMENTS.map((name) => `u.${name}`).join(', ')},
    coalesce(u.banned_until > now(), false) as banned,
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'identity_id', i.id, 'id', i.provider_id, 'user_id', i.user_id, 'identity_data', i.identity_data,
        'provider', i.provider, 'last_sign_in_at', i.last_sign_in_at, 'created_at', i.created_at,
        'updated_at', i.updated_at, 'email', i.email) order by i.created_at)
      from auth.identities i where i.user_id = u.id), '[]') as identities,
    coalesce((
      select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'id', f.id, 'friendly_name', nullif(f.friendly_name, ''), 'factor_type', f.factor_type, 'status', f.status,
        'created_at', f.created_at, 'updated_at', f.updated_at))
        || jsonb_build_object('last_challenged_at', f.last_challenged_at) order by f.created_at, f.id)
      from auth.mfa_factors f where f.user_id = u.id), '[]') as factors
  from auth.users u
  where `
const ALIVE = 'u.deleted_at is null and '

/** The account with this e-mail address (in lower case), or undefined. */
export async function findByEmail(db: Queryable, email: string): Promise<Account | undefined> {
  return toAccount(
    await db.query<AccountRow>(`${SELECT} ${ALIVE} u.email = $1 and not u.is_sso_user`, [email]),
  )
}

/** The account with this id, or undefined. */
export async function findById(db: Queryable, id: string): Promise<Account | undefined> {
  return toAccount(await db.query<AccountRow>(`${SELECT} ${ALIVE} u.id = $1`, [id]))
}

/** The account with this id, also one that was softly deleted, or undefined. */
export async function findEvenDeleted(db: Queryable, id: string): Promise<Account | undefined> {
  return toAccount(await db.query<AccountRow>(`${SELECT} u.id = $1`, [id]))
}

/** One page of all people there are, softly deleted ones too: the newest first. */
export async function listUsers(
  db: Queryable,
  { page, perPage }: { page: number; perPage: number },
): Promise<{ users: User[]; total: number }> {
  const rows = await db.query<AccountRow>(
    `${SELECT} u.aud = 'authenticated' order by u.created_at desc, u.id limit $1 offset $2`,
    [perPage, (page - 1) * perPage],
  )
  const [count] = await db.query<{ total: number }>(
    `select count(*) as total from auth.users u where u.aud = 'authenticated'`,
  )
  return { users: rows.map(toUser), total: count?.total ?? 0 }
}

function toAccount([row]: AccountRow[]): Account | undefined {
  if (!row) return undefined
  return {
    user: toUser(row),
    passwordHash: row.encrypted_password || null,
    confirmed: row.confirmed_at !== null,
    banned: row.banned,
  }
}

function toUser(row: AccountRow): User {
  const moments = MOMENTS.flatMap((name) => {
    const at = row[name]
    return at ? [[name, at.toISOString()] as const] : []
  })
  return {
    id: row.id,
    aud: row.aud ?? 'authenticated',
    role: row.role || 'authenticated',
    email: row.email ?? '',
    phone: row.phone ?? '',
    app_metadata: row.raw_app_meta_data ?? {},
    user_metadata: row.raw_user_meta_data ?? {},
    identities: row.identities,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    is_anonymous: row.is_anonymous,
    ...(row.email_change ? { new_email: row.email_change } : {}),
    ...Object.fromEntries(moments),
    ...(row.factors.length > 0 && { factors: row.factors }),
  }
}
