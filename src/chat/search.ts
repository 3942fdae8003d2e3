import type { SearchPage, SearchRequest } from '../contract/search.ts'
import type { Database } from '../db/database.ts'
import { notACursor, type StoredConversation, toConversation } from './conversations.ts'
import { type MessageRow, toMessage } from './message.ts'

/** Messages of one page on which phrases and exclusions are judged at most: about a quarter of a second. */
const REACH = 500

/** A row as `to_jsonb` gives it: timestamps are ISO strings. */
type Jsonb<Row> = { [Key in keyof Row]: Row[Key] extends Date | null ? string | null : Row[Key] }

interface Found {
  results: {
    line: MessageRow
    siblings: string[]
    conversation: Jsonb<StoredConversation>
    snippet: string
  }[]
  before: string | null
}

/** Full-text search over a person's own messages. */
export function createSearch(db: Database) {
  return {
    /**
     * One page of what a person's words find, newest first.
     * @throws HelixError `request_invalid` for a cursor this did not give out
     */
    async find(userId: string, { q, before, limit }: SearchRequest): Promise<SearchPage> {
      const [row] = await db.query<{ found: Found | null }>(
        'select helix.search_messages($1, $2, $3, $4, $5, $6) as found',
        [userId, withoutIdleDashes(q), endsInAWord(q), before, limit, REACH],
      )
      if (!row?.found) throw notACursor(before ?? '')
      return { results: row.found.results.map(toResult), before: row.found.before }
    },
  }
}

export type Search = ReturnType<typeof createSearch>

/** A dash excludes the word it stands before; a row of them would exclude exclusions. */
function withoutIdleDashes(q: string): string {
  return q.replace(/-(?=[\s-]|$)/g, ' ')
}

/** Somebody who is still typing means words that begin so. */
function endsInAWord(q: string): boolean {
  return /[\p{L}\p{N}]$/u.test(q)
}

function toResult({ line, siblings, conversation, snippet }: Found['results'][number]) {
  const { created_at, updated_at, last_message_at } = conversation
  return {
    message: toMessage(line, siblings),
    conversation: toConversation({
      ...conversation,
      created_at: new Date(created_at ?? 0),
      updated_at: new Date(updated_at ?? 0),
      last_message_at: last_message_at === null ? null : new Date(last_message_at),
    }),
    snippet: snippet.replace(/[\s\p{Cc}]+/gu, ' ').trim(),
  }
}
