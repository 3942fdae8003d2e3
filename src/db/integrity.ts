import { readHead } from '../audit/append.ts'
import { codeOf } from '../errors.ts'
import type { Database, Queryable } from './database.ts'
import { OWN_AND_ACCOUNTS } from './own-tables.ts'
import { quoteIdentifier } from './sql/quote.ts'

/** One thing that is not as it must be. */
export interface IntegrityFinding {
  kind: 'orphan' | 'constraint' | 'index' | 'trigger' | 'counter' | 'chain'
  /** The table, or the constraint, index or trigger. */
  where: string
  message: string
}

const CHECKS = [orphans, disarmed, conversationCounts, messageCounts, chainHead]

/**
 * Looks at everything Helix owns: rows without those they belong to, constraints, indexes and triggers that are not in
 * force, counters against what they count, and the end of the audit log. Changes nothing. On a server it sees one moment,
 * on a connection of its own; at an embedded database others have their turn between two of these.
 * @throws HelixError `stopped` once the signal said to stop
 */
export async function checkIntegrity(db: Database, signal?: AbortSignal): Promise<IntegrityFinding[]> {
  const found: IntegrityFinding[] = []
  const look = (...checks: typeof CHECKS) =>
    db.bulk(
      async (tx) => {
        for (const check of checks) found.push(...(await check(tx)))
      },
      { snapshot: true, signal },
    )
  if (db.engine === 'postgres') await look(...CHECKS)
  else for (const check of CHECKS) await look(check)
  return found
}

interface BoundedDeps {
  db: Database
  /** How long one look may take, in ms. */
  mostMs?: number
}

/**
 * The same for whoever asks a gateway: one look at a time, whose findings all who asked meanwhile are told; undefined
 * where the time was not enough.
 */
export function createBoundedCheck({ db, mostMs = 10_000 }: BoundedDeps) {
  let running: Promise<IntegrityFinding[] | undefined> | undefined

  const look = () =>
    checkIntegrity(db, AbortSignal.timeout(mostMs)).catch((thrown: unknown) => {
      if (codeOf(thrown) === 'stopped') return undefined
      throw thrown
    })

  return (): Promise<IntegrityFinding[] | undefined> => {
    running ??= look().finally(() => {
      running = undefined
    })
    return running
  }
}

interface ForeignKey extends Record<string, unknown> {
  name: string
  child: string
  parent: string
  from: string[]
  to: string[]
}

/** Counted, whatever the server believes of its constraints: triggers may have been off. */
async function orphans(q: Queryable): Promise<IntegrityFinding[]> {
  const keys = await q.query<ForeignKey>(
    `select k.conname as name, k.conrelid::regclass::text as child, k.confrelid::regclass::text as parent,
       (select jsonb_agg(a.attname order by u.place) from unnest(k.conkey) with ordinality u(num, place)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.num) as from,
       (select jsonb_agg(a.attname order by u.place) from unnest(k.confkey) with ordinality u(num, place)
        join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.num) as to
     from pg_constraint k where k.contype = 'f' and k.conrelid in (${OWN_AND_ACCOUNTS}) order by 2, 1`,
  )
  const found: IntegrityFinding[] = []
  for (const { name, child, parent, from, to } of keys) {
    const pairs = from.map(
      (column, place) => `p.${quoteIdentifier(to[place] ?? '')} = c.${quoteIdentifier(column)}`,
    )
    const given = from.map((column) => `c.${quoteIdentifier(column)} is not null`)
    const [row] = await q.query<{ count: number }>(
      `select count(*) as count from ${child} c
       where ${given.join(' and ')} and not exists (select from ${parent} p where ${pairs.join(' and ')})`,
    )
    if (row && row.count > 0)
      found.push({
        kind: 'orphan',
        where: child,
        message: `${row.count} rows belong to none of ${parent} (${name})`,
      })
  }
  return found
}

/**
 * Foreign keys and indexes that were never finished, and triggers that are switched off. Checks of lengths are meant for
 * new rows alone: what was there before them stays.
 */
async function disarmed(q: Queryable): Promise<IntegrityFinding[]> {
  const rows = await q.query<{ kind: IntegrityFinding['kind']; place: string }>(
    `select 'constraint' as kind, conrelid::regclass || ' ' || conname as place from pg_constraint
     where contype = 'f' and not convalidated and conrelid in (${OWN_AND_ACCOUNTS})
     union all select 'index', indexrelid::regclass::text from pg_index where not indisvalid and indrelid in (${OWN_AND_ACCOUNTS})
     union all select 'trigger', tgrelid::regclass || ' ' || tgname from pg_trigger
     where tgenabled = 'D' and not tgisinternal and tgrelid in (${OWN_AND_ACCOUNTS})
     order by 1, 2`,
  )
  const said = { constraint: 'was never checked', index: 'is not usable', trigger: 'is switched off' }
  return rows.map(({ kind, place }) => ({
    ...{ kind, where: place },
    message: said[kind as keyof typeof said],
  }))
}

function conversationCounts(q: Queryable): Promise<IntegrityFinding[]> {
  return counter(
    q,
    'public.user_profiles',
    'conversation_count',
    `
    select p.conversation_count as told, (
      select count(*) from public.conversations c where c.user_id = p.user_id and not c.deleted) as counted
    from public.user_profiles p`,
  )
}

function messageCounts(q: Queryable): Promise<IntegrityFinding[]> {
  return counter(
    q,
    'public.conversations',
    'message_count',
    `
    select c.message_count as told, (
      select count(*) from public.session_messages m
      where m.user_id = c.user_id and m.session_key = c.session_key) as counted
    from public.conversations c`,
  )
}

async function counter(
  q: Queryable,
  table: string,
  column: string,
  sql: string,
): Promise<IntegrityFinding[]> {
  const [row] = await q.query<{ wrong: number }>(
    `select count(*) as wrong from (${sql}) counts where told is distinct from counted`,
  )
  if (!row || row.wrong === 0) return []
  return [{ kind: 'counter', where: table, message: `${column} of ${row.wrong} rows is not what it counts` }]
}

/** That the log ends where its head says, with every seq before; `audit verify` looks at the entries themselves. */
async function chainHead(q: Queryable): Promise<IntegrityFinding[]> {
  const head = await readHead(q)
  const [row] = await q.query<{ count: number; last: number | null; hash: string | null }>(
    `select count(*) as count, max(seq) as last,
       (select hash from public.audit_entries where log_id = $1 order by seq desc limit 1) as hash
     from public.audit_entries where log_id = $1`,
    [head.log],
  )
  const at = (message: string): IntegrityFinding[] => [
    { kind: 'chain', where: 'public.audit_entries', message },
  ]
  const last = row?.last ?? 0
  if (last !== head.seq) return at(`it ends at ${last}, and the head says ${head.seq}`)
  if (row?.count !== head.seq)
    return at(`${head.seq - (row?.count ?? 0)} entries before ${head.seq} are missing`)
  return head.seq > 0 && row.hash !== head.hash ? at('its last entry is not the one the head names') : []
}
