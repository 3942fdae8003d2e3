import type { ClientError, ClientErrorPage, PageQuery } from '../contract/admin/reports.ts'
import type { ClientErrorReport } from '../contract/client-errors.ts'
import type { Database, Row } from '../db/database.ts'
import { cleanReport } from './fingerprint.ts'

/** Kinds of failures kept. */
const MOST_KINDS = 500

export type ClientErrors = ReturnType<typeof createClientErrors>

/** Failures that clients report, those of a kind together. */
export function createClientErrors(db: Database, { mostKinds = MOST_KINDS } = {}) {
  return {
    /** Keeps a report, cleaned; the rarest and oldest kinds make room for it. */
    async take(report: ClientErrorReport): Promise<void> {
      const { fingerprint, message, stack, page, release, userAgent } = cleanReport(report)
      const [row] = await db.query<{ fresh: boolean }>(TAKE, [
        ...[fingerprint, message, stack],
        ...[page, release, userAgent],
      ])
      if (row?.fresh) await db.query(MAKE_ROOM, [mostKinds])
    },

    /** One page, lately seen first. */
    async list({ before, limit }: PageQuery): Promise<ClientErrorPage> {
      const rows = await db.query<ErrorRow>(PAGE, [before ?? null, limit])
      return {
        errors: rows.map(toError),
        before: rows.length === limit ? (rows.at(-1)?.id ?? null) : null,
      }
    },
  }
}

interface ErrorRow extends Row {
  id: string
  message: string
  stack: string | null
  page: string | null
  release: string | null
  user_agent: string | null
  reports: number
  first_seen_at: Date
  last_seen_at: Date
}

const TAKE = `
  insert into public.client_errors as e (fingerprint, message, stack, page, release, user_agent)
  values ($1, $2, $3, $4, $5, $6)
  on conflict (fingerprint) do update set
    message = excluded.message, stack = coalesce(excluded.stack, e.stack), page = excluded.page,
    release = excluded.release, user_agent = excluded.user_agent, reports = e.reports + 1, last_seen_at = now()
  returning reports = 1 as fresh`

const MAKE_ROOM = `
  delete from public.client_errors where id in (
    select id from public.client_errors order by reports > 1 desc, last_seen_at desc, id desc offset $1)`

const PAGE = `
  select id, message, stack, page, release, user_agent, reports, first_seen_at, last_seen_at
  from public.client_errors
  where $1::uuid is null
    or (last_seen_at, id) < (select b.last_seen_at, b.id from public.client_errors b where b.id = $1)
  order by last_seen_at desc, id desc limit $2`

function toError(row: ErrorRow): ClientError {
  return {
    id: row.id,
    message: row.message,
    stack: row.stack,
    page: row.page,
    release: row.release,
    userAgent: row.user_agent,
    count: row.reports,
    firstSeenAt: row.first_seen_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
  }
}
