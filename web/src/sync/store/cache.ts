import type { ShelfParts } from './shelf.ts'
import type { TableName, Tables } from './tables.ts'

/** The newest messages of a conversation that are kept, and how many conversations. */
export const MOST_MESSAGES = 200
export const MOST_CONVERSATIONS = 50
/** Characters of all kept messages of a person: about ten megabytes on the device. */
export const MOST_CHARACTERS = 5_000_000

/** The one row of the list of conversations. */
const LIST = 'list'

/**
 * What was loaded, for reading offline: of each person the list and the newest messages of the conversations read last.
 * It may be gone at any time, and is no more than a copy.
 */
export interface Cache<Conversation, Message> {
  conversations(userId: string): Promise<readonly Conversation[]>
  keepConversations(userId: string, list: readonly Conversation[]): Promise<void>
  /** Oldest first, as they were kept. */
  messages(userId: string, sessionKey: string): Promise<readonly Message[]>
  /** Replaces what is kept of a conversation; of many messages the newest. None removes it. */
  keepMessages(userId: string, sessionKey: string, messages: readonly Message[]): Promise<void>
}

/** Makes the cache over the device's tables; without them nothing is kept, since a tab can load it again. */
export function createCache<Conversation, Message extends { content: string }>({
  device,
}: Pick<ShelfParts, 'device'>): Cache<Conversation, Message> {
  async function read<T>(table: TableName, userId: string, id: string): Promise<readonly T[]> {
    const row = await (await device)?.read(table, userId, id).catch(() => undefined)
    return Array.isArray(row?.value) ? row.value : []
  }

  const sizes = new Map<string, Promise<Sizes>>()

  function sizesOf(tables: Tables, userId: string): Promise<Sizes> {
    const known = sizes.get(userId) ?? measure<Message>(tables, userId)
    sizes.set(userId, known)
    return known
  }

  async function write(
    table: TableName,
    userId: string,
    id: string,
    value: readonly unknown[],
  ): Promise<void> {
    const tables = await device
    try {
      if (!tables) return
      if (value.length === 0) await tables.remove(table, userId, id)
      else await tables.write(table, { userId, id, at: Date.now(), value })
      if (table !== 'messages') return
      const known = await sizesOf(tables, userId)
      known.delete(id)
      if (value.length > 0) known.set(id, lengthOf(value as readonly Message[]))
      for (const old of beyondBounds(known)) {
        known.delete(old)
        await tables.remove('messages', userId, old)
      }
    } catch {
      // A device without room shows less offline; what waits to be sent has the notice.
    }
  }

  return {
    conversations: (userId) => read('conversations', userId, LIST),
    keepConversations: (userId, list) => write('conversations', userId, LIST, list),
    messages: (userId, sessionKey) => read('messages', userId, sessionKey),
    keepMessages: (userId, sessionKey, messages) =>
      write('messages', userId, sessionKey, messages.slice(-MOST_MESSAGES)),
  }
}

/** Characters of each kept conversation, written longest ago first. */
type Sizes = Map<string, number>

/** Reads everything once; from then on the tab keeps count of what it writes. */
async function measure<Message extends { content: string }>(tables: Tables, userId: string): Promise<Sizes> {
  const rows = (await tables.list('messages', userId)).sort((a, b) => a.at - b.at)
  return new Map(rows.map(({ id, value }) => [id, lengthOf(value as Message[])]))
}

/** The conversations that were written longest ago and do not fit beside the others; never the newest. */
function beyondBounds(sizes: Sizes): string[] {
  let characters = 0
  const newestFirst = [...sizes].reverse()
  return newestFirst.flatMap(([id, size], place) => {
    characters += size
    const fits = place === 0 || (place < MOST_CONVERSATIONS && characters <= MOST_CHARACTERS)
    return fits ? [] : [id]
  })
}

function lengthOf(messages: readonly { content: string }[]): number {
  return messages.reduce((sum, { content }) => sum + content.length, 0)
}
