import { batch, effect, type ReadonlySignal, signal } from '@preact/signals'
import type { Client } from '../../../../src/client/client.ts'
import type { Conversation } from '../../../../src/contract/chat.ts'
import type { FeedEvent } from '../../../../src/contract/feed.ts'
import type { Feed } from '../../sync/feed.ts'
import type { Store } from '../../sync/store.ts'
import type { Replies, ReplyNews } from '../replies/replies.ts'

const PAGE = 50

/** A person's conversations, latest activity first, kept as they are on every device. */
export interface ConversationList {
  readonly items: ReadonlySignal<readonly Conversation[]>
  /** `stale`: shown as this device kept them. */
  readonly state: ReadonlySignal<'loading' | 'ready' | 'stale' | 'failed'>
  /** Whether there are older ones to be read. */
  readonly hasMore: ReadonlySignal<boolean>
  load(): Promise<void>
  more(): Promise<void>
  /** @throws HelixError */
  rename(sessionKey: string, title: string): Promise<void>
  /** @throws HelixError */
  remove(sessionKey: string): Promise<void>
  close(): void
}

interface ListDeps {
  client: Pick<Client, 'conversations'>
  replies: Pick<Replies, 'subscribe'>
  feed: Feed
  cache: Store['cache']
  userId: string
}

/** Opens the list of conversations. Nothing is read before `load`. */
export function openList({ client, replies, feed, cache, userId }: ListDeps): ConversationList {
  const items = signal<readonly Conversation[]>([])
  const state = signal<'loading' | 'ready' | 'stale' | 'failed'>('loading')
  const cursor = signal<string | null>(null)
  const hasMore = signal(false)
  let reading = 0
  /** Whether something changed while the list was being read, which what is read then may not show. */
  let isOutrun = false
  /** Those that are asked for by themselves and have not been deleted, with what was told of them meanwhile. */
  const asked = new Map<string, Partial<Conversation>>()
  let loadingMore = false

  async function load(): Promise<void> {
    reading += 1
    isOutrun = false
    const mine = reading
    if (state.value === 'loading') void showKept(mine)
    try {
      const page = await client.conversations.list({ limit: PAGE })
      if (mine !== reading) return
      batch(() => {
        items.value = page.conversations
        setCursor(page.before)
        state.value = 'ready'
      })
    } catch {
      if (mine === reading && state.value === 'loading') state.value = 'failed'
    }
    if (mine === reading && isOutrun) await load()
  }

  async function showKept(mine: number): Promise<void> {
    const kept = await cache.conversations(userId)
    if (mine !== reading || state.value === 'ready' || kept.length === 0) return
    batch(() => {
      items.value = kept
      state.value = 'stale'
    })
  }

  function setCursor(before: string | null): void {
    cursor.value = before
    hasMore.value = before !== null
  }

  function put(conversation: Conversation): void {
    const others = items.value.filter(({ sessionKey }) => sessionKey !== conversation.sessionKey)
    items.value = [...others, conversation].sort(byActivity)
  }

  /** Whether it is in the list, or will be with these facts. */
  function change(sessionKey: string, facts: Partial<Conversation>): boolean {
    const told = asked.get(sessionKey)
    if (told) asked.set(sessionKey, { ...told, ...facts })
    const known = items.value.find((one) => one.sessionKey === sessionKey)
    if (known) put({ ...known, ...facts })
    return known !== undefined || told !== undefined
  }

  function drop(sessionKey: string): void {
    asked.delete(sessionKey)
    void cache.keepMessages(userId, sessionKey, [])
    items.value = items.value.filter((one) => one.sessionKey !== sessionKey)
  }

  /** Has one that is new here in the list; several may tell of it. */
  async function fetchOne(sessionKey: string): Promise<void> {
    if (asked.has(sessionKey) || items.value.some((one) => one.sessionKey === sessionKey)) return
    asked.set(sessionKey, {})
    const found = await client.conversations.get(sessionKey).catch(() => undefined)
    const told = asked.get(sessionKey)
    asked.delete(sessionKey)
    if (found && told) put({ ...found, ...told })
  }

  function follow(event: FeedEvent): void {
    if (event.event === 'draining' || event.event === 'profile.changed') return
    isOutrun = true
    if (event.event === 'ready' || event.event === 'reset') {
      if (state.value !== 'loading') void load()
      return
    }
    const { sessionKey, at } = event.data
    if (event.event === 'conversation.deleted') drop(sessionKey)
    else if (event.event === 'conversation.renamed') change(sessionKey, { title: event.data.title })
    else if (event.event === 'conversation.created') void fetchOne(sessionKey)
    else if (event.event === 'message.added' && !change(sessionKey, { lastMessageAt: at })) {
      void fetchOne(sessionKey)
    }
  }

  /** What begins here is there at once, however long the feed takes. */
  function hear({ news, start: { sessionKey } }: ReplyNews): void {
    if (news !== 'began') return
    isOutrun = true
    void fetchOne(sessionKey)
  }

  const endKeeping = effect(() => {
    if (state.value === 'ready') void cache.keepConversations(userId, items.value.slice(0, PAGE))
  })
  const endFollowing = feed.subscribe(follow)
  const endHearing = replies.subscribe(hear)
  return {
    items,
    state,
    hasMore,
    load,
    close() {
      endFollowing()
      endHearing()
      endKeeping()
    },
    async more() {
      if (cursor.value === null || loadingMore) return
      loadingMore = true
      const mine = reading
      try {
        const page = await client.conversations.list({ limit: PAGE, before: cursor.value })
        if (mine !== reading) return
        batch(() => {
          for (const one of page.conversations) put(one)
          setCursor(page.before)
        })
      } catch {
        // The next scroll asks again.
      } finally {
        loadingMore = false
      }
    },
    async rename(sessionKey, title) {
      change(sessionKey, await client.conversations.rename(sessionKey, title))
    },
    async remove(sessionKey) {
      await client.conversations.remove(sessionKey)
      drop(sessionKey)
    },
  }
}

function byActivity(a: Conversation, b: Conversation): number {
  const [one, other] = [a.lastMessageAt ?? a.createdAt, b.lastMessageAt ?? b.createdAt]
  return one === other ? 0 : one < other ? 1 : -1
}
