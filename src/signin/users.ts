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
  is_anonymous: boolean
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
  'last_sign_in_at',
  'banned_until',
] as const
type MomentColumn = (typeof MOMENTS)[number]

const SELECT = `
  select u.id, u.aud, u.role, u.email, u.phone, u.encrypted_password, u.raw_app_meta_data, u.raw_user_meta_data,
    u.is_anonymous, u.created_at, u.updated_at, ${MOMENTS.map((name) => `u.${name}`).join(', ')},
    coalesce(u.banned_until > now(), false) as banned,
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'identity_id', i.id, 'id', i.provider_id, 'user_id', i.user_id, 'identity_data', i.identity_data,
        'provider', i.provider, 'last_sign_in_at', i.last_sign_in_at, 'created_at', i.created_at,
        'updated_at', i.updated_at, 'email', i.email) order by i.created_at)
      from auth.identities i where i.user_id = u.id), '[]') as identities
  from auth.users u
  where u.deleted_at is null and `

/** The account with this e-mail address (in lower case), or undefined. */
export async function findByEmail(db: Queryable, email: string): Promise<Account | undefined> {
  return toAccount(await db.query<AccountRow>(`${SELECT} u.email = $1 and not u.is_sso_user`, [email]))
}

/** The account with this id, or undefined. */
export async function findById(db: Queryable, id: string): Promise<Account | undefined> {
  return toAccount(await db.query<AccountRow>(`${SELECT} u.id = $1`, [id]))
}

function toAccount([row]: AccountRow[]): Account | undefined {
  if (!row) return undefined
  return {
    user: toUser(row),
    passwordHash: row.encrypted_password,
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
    ...Object.fromEntries(moments),
  }
}
