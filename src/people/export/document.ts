import { readHead } from '../../audit/append.ts'
import { EXPORT_VERSION } from '../../contract/export.ts'
import type { Database } from '../../db/database.ts'
import type { Person } from '../person.ts'
import type { Profiles } from '../profiles.ts'
import { accountFacts, spendingFacts, tokenFacts } from './account.ts'
import { conversationsJson } from './conversations.ts'
import { callPages, entryPages } from './entries.ts'
import { feedbackPages } from './feedback.ts'
import { type JsonPieces, jsonList, jsonObject } from './json-list.ts'

interface ExportDeps {
  db: Database
  profiles: Pick<Profiles, 'get'>
}

export type Exports = ReturnType<typeof createExports>

/** Everything Helix holds about a person, as that person may take it along. */
export function createExports(deps: ExportDeps) {
  return {
    /**
     * The document (`ExportDocument`) in pieces, each made when it is asked for. It is read page by page up to where
     * things stood at its beginning: no transaction stays open while a slow reader takes its time.
     */
    document: (person: Pick<Person, 'userId' | 'actor'>) => pieces(deps, person),
  }
}

async function* pieces(
  { db, profiles }: ExportDeps,
  { userId, actor }: Pick<Person, 'userId' | 'actor'>,
): JsonPieces {
  const until = await whereThingsStand(db)
  const { token: _, ...profile } = await profiles.get(userId, null)
  const head = {
    schemaVersion: EXPORT_VERSION,
    exportedAt: until.at.toISOString(),
    userId,
    account: await accountFacts(db, userId),
    profile,
    accessTokens: await tokenFacts(db, userId),
    spending: await spendingFacts(db, userId),
  }
  yield `${JSON.stringify(head).slice(0, -1)},"usage":`
  yield* jsonList(callPages(db, userId, until.call))
  yield ',"feedback":'
  yield* jsonList(feedbackPages(db, userId))
  yield ',"audit":'
  yield* jsonObject({ pseudonym: actor }, 'entries', jsonList(entryPages(db, actor, until.head)))
  yield ',"conversations":'
  yield* conversationsJson(db, userId, until.position)
  yield ',"complete":true}\n'
}

/** The last message, call and entry there are: nothing after them goes into the document. */
async function whereThingsStand(db: Database) {
  const [row] = await db.query<{ at: Date; position: number; call: number }>(
    `select now() as at, coalesce((select max(id) from public.usage_ledger), 0) as call,
       coalesce(pg_sequence_last_value('public.session_messages_position_seq'), 0) as position`,
  )
  if (!row) throw new Error('No row tells where things stand')
  return { ...row, head: await readHead(db) }
}
