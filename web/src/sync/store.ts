import { type ReadonlySignal, signal } from '@preact/signals'
import type { Conversation, Message } from '../../../src/contract/chat.ts'
import { type Cache, createCache } from './store/cache.ts'
import { memoryTables } from './store/memory-tables.ts'
import { createShelf, type Keeping, type Shelf } from './store/shelf.ts'
import type { Tables } from './store/tables.ts'

/**
 * What this device keeps: messages that wait to be sent, drafts, and what was loaded, for reading offline. Nothing
 * here throws: what cannot be kept on the device is kept in the tab, and `keeping` says so.
 */
export interface Store {
  /** Whether what is written survives the tab: if not, why. */
  readonly keeping: ReadonlySignal<Keeping>
  readonly waiting: Shelf
  readonly drafts: Drafts
  readonly cache: Cache<Conversation, Message>
  /**
   * Forgets what was loaded and the drafts; `everything`: also what waits to be sent. Of everyone without `userId`.
   * A page that is still closing keeps no more of that person, until they are {@link welcome}.
   */
  forget(what: 'loaded' | 'everything', userId?: string): Promise<void>
  /** Keeps what is of somebody who has signed in, whether or not they were forgotten before. */
  welcome(userId: string): void
}

/** What is being written in each conversation. Secrets do not belong here. */
export interface Drafts {
  read(userId: string, sessionKey: string): Promise<string>
  /** An empty text removes the draft. */
  write(userId: string, sessionKey: string, text: string): Promise<void>
}

/**
 * Makes the store of one page.
 * @param open opens the device's tables; where that fails the page goes on in memory
 */
export function createStore(open: () => Promise<Tables>): Store {
  const keeping = signal<Keeping>('kept')
  const memory = memoryTables()
  const device = open().catch(() => {
    keeping.value = 'denied'
    return undefined
  })
  const parts = { device, memory, keeping }
  const waiting = createShelf('waiting', parts)
  const drafts = createShelf('drafts', parts)
  const cache = createCache<Conversation, Message>(parts)
  const gone = new Set<string>()

  return {
    keeping,
    waiting,
    cache: {
      ...cache,
      keepConversations: async (userId, list) => {
        if (!gone.has(userId)) await cache.keepConversations(userId, list)
      },
      keepMessages: async (userId, sessionKey, messages) => {
        if (!gone.has(userId)) await cache.keepMessages(userId, sessionKey, messages)
      },
    },
    drafts: {
      async read(userId, sessionKey) {
        const text = await drafts.read(userId, sessionKey)
        return typeof text === 'string' ? text : ''
      },
      async write(userId, sessionKey, text) {
        if (gone.has(userId)) return
        if (text === '') await drafts.remove(userId, sessionKey)
        else await drafts.write(userId, sessionKey, text)
      },
    },
    welcome(userId) {
      gone.delete(userId)
    },
    async forget(what, userId) {
      if (userId !== undefined) gone.add(userId)
      const tables = [
        'drafts',
        'conversations',
        'messages',
        ...(what === 'everything' ? ['waiting' as const] : []),
      ] as const
      await memory.clear(tables, userId)
      await (await device)?.clear(tables, userId).catch(() => {})
    },
  }
}
