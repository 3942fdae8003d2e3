import type { AdminPeoplePage, AdminPeopleQuery, AdminPerson } from '../../contract/admin/people.ts'
import type { Database, Row } from '../../db/database.ts'
import { HelixError } from '../../errors.ts'
import type { People } from '../people.ts'

interface PersonRow extends Row {
  user_id: string
  email: string | null
  display_name: string | null
  anonymous: boolean
  confirmed: boolean
  invited_at: Date | null
  suspended: boolean
  trust_level: number
  quota: number | null
  spent: number
  conversation_count: number
  messages_today: number
  created_at: Date | null
  last_sign_in_at: Date | null
  last_message_at: Date | null
}

interface DirectoryDeps {
  db: Database
  isCreator: People['isCreator']
}

export type Directory = ReturnType<typeof createDirectory>

/** Everyone there is, for who administers them: how they stand, and nothing of what they wrote. */
export function createDirectory({ db, isCreator }: DirectoryDeps) {
  const toPerson = (row: PersonRow): AdminPerson => ({
    userId: row.user_id,
    email: row.email,
    displayName: row.display_name,
    anonymous: row.anonymous,
    confirmed: row.confirmed,
    invitedAt: row.invited_at?.toISOString() ?? null,
    creator: isCreator(row.user_id),
    suspended: row.suspended,
    trustLevel: row.trust_level,
    quota: row.quota,
    spentTodayNanoUsd: row.spent,
    conversationCount: row.conversation_count,
    messagesToday: row.messages_today,
    createdAt: row.created_at?.toISOString() ?? null,
    lastSignInAt: row.last_sign_in_at?.toISOString() ?? null,
    lastMessageAt: row.last_message_at?.toISOString() ?? null,
  })

  return {
    /** One page, newest first. */
    async list({ search = '', before, limit }: AdminPeopleQuery): Promise<AdminPeoplePage> {
      const rows = await db.query<PersonRow & { total: number }>(PAGE, [search, before ?? null, limit, null])
      const total = rows[0]?.total ?? (before === undefined ? 0 : await count(db, search))
      const last = rows.at(-1)
      return { users: rows.map(toPerson), total, before: rows.length === limit && last ? last.user_id : null }
    },

    /** @throws HelixError `not_found` */
    async get(userId: string): Promise<AdminPerson> {
      const [row] = await db.query<PersonRow>(PAGE, ['', null, 1, [userId]])
      if (!row) throw noPerson(userId)
      return toPerson(row)
    },
  }
}

const FOUND = `
  found as (
    select s.*, p.display_name, p.trust_level, p.status, p.daily_quota_nano_usd, p.conversation_count,
      p.messages_today, p.messages_day
    from helix.signins($4::uuid[]) s left join public.user_profiles p on p.user_id = s.user_id
    where $1 = '' or position(lower($1) in lower(coalesce(s.email, ''))) > 0
      or position(lower($1) in lower(coalesce(p.display_name, ''))) > 0 or s.user_id::text = lower($1)
  )`

const PAGE = `
  with ${FOUND}, page as (
    select f.*, (select count(*) from found) as total from found f
    where $2::uuid is null or (coalesce(f.created_at, 'epoch'), f.user_id) < (
      select coalesce(b.created_at, 'epoch'), b.user_id from helix.signins(array[$2]) b)
    order by coalesce(f.created_at, 'epoch') desc, f.user_id desc limit $3
  )
  select p.user_id, p.email, p.display_name, p.anonymous, p.confirmed, p.invited_at, p.created_at,
    p.last_sign_in_at, p.total, p.banned or coalesce(p.status = 'suspended', false) as suspended,
    coalesce(p.trust_level, 0.5) as trust_level, p.daily_quota_nano_usd as quota,
    coalesce(p.conversation_count, 0) as conversation_count,
    case when p.messages_day = (now() at time zone 'utc')::date then p.messages_today else 0 end as messages_today,
    coalesce((select b.spent_nano_usd from public.budgets b
      where b.holder = p.user_id::text and b.starts_on = (now() at time zone 'utc')::date), 0) as spent,
    (select max(c.last_message_at) from public.conversations c where c.user_id = p.user_id) as last_message_at
  from page p order by coalesce(p.created_at, 'epoch') desc, p.user_id desc`

async function count(db: Database, search: string): Promise<number> {
  const [row] = await db.query<{ total: number }>(
    `with ${FOUND} select count(*) as total from found`.replace('$4::uuid[]', 'null'),
    [search],
  )
  return row?.total ?? 0
}

/** The refusal of a person nobody knows. */
export function noPerson(userId: string): HelixError {
  return new HelixError('not_found', `Nobody here has the id ${userId}`, {
    hint: '`helix user list` shows everyone there is.',
    next: ['helix user list'],
  })
}
