import { randomUUID } from 'node:crypto'
import type { Transaction } from '../db/database.ts'
import { findByEmail, type User } from './users.ts'

/** What a person says of themselves when they sign up; `email` in lower case. */
export interface NewPerson {
  email: string
  data: Record<string, unknown>
}

/** A new person, one who signed up before and never confirmed, or an address that is taken. */
export type Registration = { kind: 'new' | 'pending'; userId: string } | { kind: 'taken' }

/**
 * Writes a new person, or takes up a sign-up that was never confirmed: its password is then this one, since an earlier
 * one may be somebody else's, chosen before the owner of the address came. A `passwordHash` of null leaves it, and ''
 * takes it away.
 */
export async function registerPerson(
  tx: Transaction,
  { email, data, passwordHash }: NewPerson & { passwordHash: string | null },
  autoConfirm: boolean,
): Promise<Registration> {
  const account = { email, data, passwordHash: passwordHash ?? '', id: randomUUID() }
  const inserted = await insertAccount(tx, account)
  const existing = await findByEmail(tx, email)
  if (!existing || existing.confirmed) return { kind: 'taken' }
  const userId = existing.user.id
  if (!inserted && passwordHash !== null) {
    if (!(await replacePassword(tx, userId, { data, passwordHash }))) return { kind: 'taken' }
  }
  if (autoConfirm) await confirmEmail(tx, userId)
  return { kind: inserted ? 'new' : 'pending', userId }
}

/** Marks a person's address as theirs. */
export async function confirmEmail(tx: Transaction, userId: string): Promise<void> {
  await tx.query(
    `update auth.users set email_confirmed_at = now(), updated_at = now()
    where id = $1 and email_confirmed_at is null`,
    [userId],
  )
  await tx.query(
    `update auth.identities set identity_data = identity_data || '{"email_verified": true}', updated_at = now()
    where user_id = $1 and provider = 'email'`,
    [userId],
  )
}

/** What GoTrue puts into `instance_id`; it has one instance a database. */
const INSTANCE = '00000000-0000-0000-0000-000000000000'

/** Writes a person without an address; resolves to their id. */
export async function insertAnonymous(tx: Transaction, data: NewPerson['data']): Promise<string> {
  const [row] = await tx.query<{ id: string }>(
    `insert into auth.users
      (instance_id, aud, role, encrypted_password, raw_app_meta_data, raw_user_meta_data, is_anonymous)
    values ($1, 'authenticated', 'authenticated', '', '{}', $2::jsonb, true) returning id`,
    [INSTANCE, JSON.stringify(data)],
  )
  if (!row) throw new Error('An inserted person returned no id')
  return row.id
}

/** Writes the rows of a new account; resolves to whether the address was free. */
export async function insertAccount(
  tx: Transaction,
  { id, email, data, passwordHash }: NewPerson & { id: string; passwordHash: string },
): Promise<boolean> {
  const rows = await tx.query<{ id: string }>(
    `with person as (
      insert into auth.users
        (instance_id, id, aud, role, email, encrypted_password, raw_app_meta_data, raw_user_meta_data)
      values ($1, $5, 'authenticated', 'authenticated', $2, $3, '{"provider":"email","providers":["email"]}', $4::jsonb)
      on conflict (email) where is_sso_user = false do nothing
      returning id, email
    )
    insert into auth.identities (provider_id, user_id, provider, last_sign_in_at, identity_data)
    select id::text, id, 'email', now(), jsonb_build_object(
      'sub', id::text, 'email', email, 'email_verified', false, 'phone_verified', false)
    from person
    returning user_id`,
    [INSTANCE, email, passwordHash, JSON.stringify(data), id],
  )
  return rows.length > 0
}

/** Resolves to whether it could: not when the address was confirmed just now. */
async function replacePassword(
  tx: Transaction,
  userId: string,
  { data, passwordHash }: Pick<NewPerson, 'data'> & { passwordHash: string },
): Promise<boolean> {
  const rows = await tx.query(
    `update auth.users set encrypted_password = $2::text, updated_at = now(),
      raw_user_meta_data = case when $2::text = '' then raw_user_meta_data else $3::jsonb end
    where id = $1 and confirmed_at is null returning id`,
    [userId, passwordHash, JSON.stringify(data)],
  )
  return rows.length > 0
}

/** What GoTrue answers for an address that is taken: somebody who is not there. */
export function madeUpUser({ email, data }: NewPerson): User {
  const now = new Date().toISOString()
  return {
    id: randomUUID(),
    aud: 'authenticated',
    role: 'authenticated',
    email,
    phone: '',
    app_metadata: { provider: 'email', providers: ['email'] },
    user_metadata: data,
    identities: [],
    created_at: now,
    updated_at: now,
    confirmation_sent_at: now,
    is_anonymous: false,
  }
}
