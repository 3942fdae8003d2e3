import type { Audit } from '../audit/audit.ts'
import type { Database, Queryable, Transaction } from '../db/database.ts'
import { HelixError } from '../errors.ts'
import { creatorChanged, trustChanged } from '../state/entries.ts'
import { createPeople } from './people.ts'

/** Somebody with an account here. */
export interface Account {
  userId: string
  email: string
}

/** Whose the installation is, as its database says; null when nobody was named. */
export async function readCreator(q: Queryable): Promise<string | null> {
  const [row] = await q.query<{ value: unknown }>(
    `select value from public.settings where key = 'creator_id'`,
  )
  return typeof row?.value === 'string' ? row.value : null
}

/** The account of an address, also where Supabase keeps the accounts. @throws HelixError `not_found` */
export async function findAccount(db: Database, email: string): Promise<Account> {
  return db.transaction('owner', async (tx) => {
    const [row] = await tx.query<Account & Record<string, unknown>>(
      `select id as "userId", email from auth.users
      where lower(email) = lower($1) and not is_sso_user and deleted_at is null`,
      [email.trim()],
    )
    if (row) return row
    throw new HelixError('not_found', `Nobody here has the address ${email.slice(0, 200)}`, {
      hint: 'They have to sign up first.',
    })
  })
}

/** The address of an account, for people to recognise it; null when there is no such account any more. */
export async function addressOf(db: Database, userId: string): Promise<string | null> {
  return db.transaction('owner', async (tx) => {
    const [row] = await tx.query<{ email: string | null }>('select email from auth.users where id = $1', [
      userId,
    ])
    return row?.email ?? null
  })
}

/**
 * Makes somebody the creator in place of whoever was; written down before and after. Running gateways act on it
 * within seconds.
 * @param actor who does it, as entries name them
 * @throws HelixError `unauthorized` for a banned account, `account_suspended`, `audit_unavailable`
 */
export async function nameCreator(
  { db, audit }: { db: Database; audit: Audit },
  userId: string,
  actor: string,
): Promise<void> {
  const people = createPeople(db, { creatorId: null })
  const before = await readCreator(db)
  // Entries name people by their pseudonyms, so both must have one.
  const was = before === null ? null : await people.arrive(before).catch(() => null)
  const becomes = await people.arrive(userId)
  const data = { from: was?.actor ?? null, to: becomes.actor }
  await audit.act({ channel: 'commands', kind: 'user.creator.start', actor, data }, () =>
    db.transaction('owner', (tx) => handOver(tx, before, userId)),
  )
  await audit.append(creatorChanged(actor, data))
  await audit.append(trustChanged(actor, { person: becomes.actor, from: null, to: 1 }))
  if (was && was.actor !== becomes.actor)
    await audit.append(trustChanged(actor, { person: was.actor, from: 1, to: 0.5 }))
}

async function handOver(tx: Transaction, before: string | null, userId: string): Promise<void> {
  await tx.query(
    `update public.user_profiles set role = 'member', trust_level = 0.5 where role = 'creator' and user_id <> $1`,
    [userId],
  )
  await tx.query(`update public.user_profiles set role = 'creator', trust_level = 1 where user_id = $1`, [
    userId,
  ])
  await tx.query(
    `insert into public.settings (key, value) values ('creator_id', to_jsonb($1::text))
    on conflict (key) do update set value = excluded.value, updated_at = now()`,
    [userId],
  )
  for (const changed of [before, userId]) {
    if (changed !== null) await tx.query(`select pg_notify('helix_people', $1)`, [changed])
  }
}
