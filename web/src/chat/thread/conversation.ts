import { batch, type ReadonlySignal, signal } from '@preact/signals'
import type { Client } from '../../../../src/client/client.ts'
import type { FeedEvent } from '../../../../src/contract/feed.ts'
import { codeOf } from '../../../../src/errors.ts'
import type { Feed } from '../../sync/feed.ts'
import type { Outbox } from '../../sync/outbox.ts'
import type { Store } from '../../sync/store.ts'
import type { Replies, ReplyNews } from '../replies/replies.ts'
import { isNews } from './news.ts'
import { keepable, readMore, readPage } from './pages.ts'
import {
  type Asked,
  isOpen,
  NOTHING,
  type Thread,
  trimmed,
  withMessage,
  withNewer,
  withNewest,
  withOlder,
  withStart,
} from './stretch.ts'

/** Messages kept in the page; those further away are read again. */
const MOST = 2_000

/** `missing`: nobody has this conversation; `stale`: shown as this device kept it. */
type Loading = 'loading' | 'ready' | 'stale' | 'missing' | 'failed'

/** A turn other than a send: it leaves what it branches from. */
export type Branch = Exclude<Asked, { kind: 'send' }>

/** One conversation as this page shows it, kept as it is on every device. */
export interface Conversation {
  readonly sessionKey: string
  /** Whether it was begun here, so that there is nothing to be read. */
  readonly fresh: boolean
  readonly thread: ReadonlySignal<Thread>
  readonly title: ReadonlySignal<string | null>
  readonly loading: ReadonlySignal<Loading>
  /** A branch that was asked for and has not begun. */
  readonly branching: ReadonlySignal<Branch | undefined>
  /** Why replies that ended here failed, by message: the code of each. */
  readonly failures: ReadonlySignal<ReadonlyMap<string, string>>
  /** Reads it anew: its newest messages, or those around one. @returns whether that one is shown now */
  load(around?: string): Promise<boolean>
  /** Reads the page before, or after, what is shown. */
  more(direction: 'older' | 'newer'): Promise<void>
  /** Takes a branch. @throws HelixError of the gateway's code */
  branch(asked: Branch): Promise<void>
  /** Shows another branch, on every device. @throws HelixError */
  show(messageId: string): Promise<void>
  /** @throws HelixError */
  stop(generationId: string): Promise<void>
  close(): void
}

export interface ConversationDeps {
  client: Pick<Client, 'messages' | 'conversations' | 'stop'>
  replies: Replies
  feed: Feed
  outbox: Pick<Outbox, 'waiting'>
  cache: Store['cache']
  userId: string
  now: () => Date
  /** Whether nobody has it yet: it begins with the first message. */
  fresh: boolean
}

/** Opens a conversation. Nothing is read before `load`. */
export function openConversation(sessionKey: string, deps: ConversationDeps): Conversation {
  const { client, replies, feed, outbox, cache, userId, fresh } = deps
  const thread = signal<Thread>(NOTHING)
  const title = signal<string | null>(null)
  const loading = signal<Loading>(fresh ? 'ready' : 'loading')
  const branching = signal<Branch | undefined>(undefined)
  const failures = signal<ReadonlyMap<string, string>>(new Map())
  const busy = { older: false, newer: false }
  let closed = false
  /** Counts what replaced the thread, so that an answer that was overtaken is dropped. */
  let reading = 0
  /** Whether something changed while it was first read, which what is read then may not show. */
  let isOutrun = false

  /** Whether its first message is still on its way, so that the gateway knows nothing of it yet. */
  function isBeginning(): boolean {
    return outbox.waiting.value.some((message) => message.sessionKey === sessionKey)
  }

  async function load(around?: string): Promise<boolean> {
    if (fresh && isBeginning()) return false
    reading += 1
    isOutrun = false
    const mine = reading
    if (around === undefined && thread.value === NOTHING) showKept(mine)
    try {
      const [page, facts] = await Promise.all([
        readPage(client, sessionKey, around),
        client.conversations.get(sessionKey).catch(() => undefined),
      ])
      if (mine !== reading || closed) return false
      batch(() => {
        thread.value = around === undefined ? withNewest(thread.value, page) : page
        title.value = facts?.title ?? title.value
        loading.value = 'ready'
      })
      keep()
      attachOpen()
      if (isOutrun) void refresh()
      return around === undefined || page.messages.some(({ id }) => id === around)
    } catch (error) {
      if (mine === reading && !closed) {
        fail(codeOf(error))
        if (isOutrun) void refresh()
      }
      return false
    }
  }

  /** A conversation nobody has yet is an empty one, while something of it is on its way. */
  function fail(code: string): void {
    const isNew = isBeginning()
    if (code === 'conversation_not_found') {
      loading.value =
        isNew || replies.isOpen(sessionKey) || thread.value.messages.length > 0 ? 'ready' : 'missing'
    } else if (loading.value === 'loading') loading.value = 'failed'
  }

  /** Shows what this device kept until the gateway has answered. */
  function showKept(mine: number): void {
    void cache.messages(userId, sessionKey).then((messages) => {
      if (mine !== reading || closed || loading.value === 'ready' || messages.length === 0) return
      batch(() => {
        thread.value = { messages, before: null, after: null }
        loading.value = 'stale'
      })
    })
  }

  function keep(): void {
    if (thread.value.after === null)
      void cache.keepMessages(userId, sessionKey, keepable(thread.value.messages))
  }

  /** Brings what is shown up to date; whoever reads further up keeps their place. */
  async function refresh(): Promise<void> {
    isOutrun = loading.value === 'loading'
    if (isOutrun) return
    if (thread.value.after === null || loading.value !== 'ready') await load()
  }

  function attachOpen(): void {
    for (const message of thread.value.messages.filter(isOpen)) {
      const { generationId, id, parentId } = message
      if (generationId === null) continue
      replies.attach({ generationId, sessionKey, messageId: id, userMessageId: parentId ?? '' })
    }
  }

  function hear(news: ReplyNews): void {
    if (news.start.sessionKey !== sessionKey) return
    if (news.news === 'began') {
      batch(() => {
        thread.value = withStart(thread.value, news.start, news.asked, deps.now().toISOString())
        branching.value = undefined
        loading.value = 'ready'
      })
      if (thread.value.after !== null) void load()
      return
    }
    const { message, failure } = news
    if (!message) return void refresh()
    batch(() => {
      thread.value = withMessage(thread.value, message)
      if (failure !== undefined) failures.value = new Map([...failures.value, [message.id, failure]])
    })
    keep()
  }

  function follow(event: FeedEvent): void {
    if (event.event === 'ready' || event.event === 'reset') return void refresh()
    if (event.event === 'draining' || event.event === 'profile.changed') return
    if (event.data.sessionKey !== sessionKey) return
    if (event.event === 'conversation.renamed' || event.event === 'conversation.created') {
      title.value = event.data.title
    } else if (event.event === 'conversation.deleted') {
      loading.value = 'missing'
    } else if (isNews(event, thread.value.messages, replies)) void refresh()
  }

  const endReplies = replies.subscribe(hear)
  const endFeed = feed.subscribe(follow)

  return {
    sessionKey,
    fresh,
    thread,
    title,
    loading,
    branching,
    failures,
    load,
    async more(direction) {
      const cursor = direction === 'older' ? thread.value.before : thread.value.after
      if (cursor === null || busy[direction]) return
      busy[direction] = true
      const mine = reading
      try {
        const page = await readMore(client, sessionKey, direction, cursor)
        if (mine !== reading || closed) return
        const longer = direction === 'older' ? withOlder(thread.value, page) : withNewer(thread.value, page)
        thread.value = trimmed(longer, direction === 'older' ? 'oldest' : 'newest', MOST)
        attachOpen()
      } finally {
        busy[direction] = false
      }
    },
    async branch(asked) {
      branching.value = asked
      try {
        await replies.take({ sessionKey, ...asked })
      } finally {
        branching.value = undefined
      }
    },
    async show(messageId) {
      await client.conversations.show(sessionKey, messageId)
      await load()
    },
    stop: (generationId) => client.stop(generationId),
    close() {
      closed = true
      endReplies()
      endFeed()
    },
  }
}
