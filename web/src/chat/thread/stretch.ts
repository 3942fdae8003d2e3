import type { Message, MessagePage } from '../../../../src/contract/chat.ts'
import type { ReplyEvent } from '../../../../src/contract/events.ts'

/** What the `start` of a reply tells: who answers what, where. */
export type Start = Extract<ReplyEvent, { event: 'start' }>['data']

/** What a turn was asked with: a message that follows the last, one reworded, or a reply had again. */
export type Asked =
  | { kind: 'send'; content: string; clientMessageId: string; writtenAt?: string }
  | { kind: 'edit'; messageId: string; content: string }
  | { kind: 'regenerate'; messageId: string }

/** A stretch of the line of a conversation that is shown, oldest message first. */
export interface Thread {
  readonly messages: readonly Message[]
  /** The cursor to older messages; null where the line begins. */
  readonly before: string | null
  /** The cursor to newer messages; null where the line ends. */
  readonly after: string | null
}

export const NOTHING: Thread = { messages: [], before: null, after: null }

/** The stretch with the page before it in front. */
export function withOlder(thread: Thread, page: MessagePage): Thread {
  return { ...thread, messages: joined(page.messages, thread.messages), before: page.before }
}

/** The stretch with the page after it behind. */
export function withNewer(thread: Thread, page: MessagePage): Thread {
  return { ...thread, messages: joined(thread.messages, page.messages), after: page.after }
}

/**
 * The stretch brought up to the newest page: what both have is kept where it has not changed, and what the page does not
 * continue is on another branch and goes. Where they do not meet, the page alone is left.
 */
export function withNewest(thread: Thread, page: MessagePage): Thread {
  const [first] = page.messages
  // Read while the conversation was being begun.
  if (!first) return thread
  const at = meeting(thread.messages, first)
  if (at < 0) return { ...page, messages: refreshed(thread.messages, page.messages) }
  const messages = [...thread.messages.slice(0, at), ...refreshed(thread.messages, page.messages)]
  return { messages, before: at === 0 ? page.before : thread.before, after: page.after }
}

/** The stretch once a reply has begun: what it answers and its place, empty as yet. `now` is an RFC 3339 time. */
export function withStart(thread: Thread, start: Start, asked: Asked, now: string): Thread {
  if (thread.after !== null || thread.messages.some(({ id }) => id === start.messageId)) return thread
  const kept = beforeBranch(thread.messages, asked)
  const branched =
    asked.kind === 'send' ? undefined : thread.messages.find(({ id }) => id === asked.messageId)
  const question = asked.kind === 'regenerate' ? undefined : toQuestion(start, asked, kept.at(-1), now)
  const isThere = question && kept.some(({ id }) => id === question.id)
  const lines = question && !isThere ? [...kept, besideBranches(question, branched)] : [...kept]
  const reply = toReply(start, lines.at(-1), now)
  return {
    ...thread,
    messages: [...lines, asked.kind === 'regenerate' ? besideBranches(reply, branched) : reply],
  }
}

/** The stretch with a message as it is now; nothing where it is not shown. */
export function withMessage(thread: Thread, message: Message): Thread {
  const at = thread.messages.findIndex(({ id }) => id === message.id)
  const known = thread.messages[at]
  if (!known) return thread
  return { ...thread, messages: thread.messages.with(at, newer(known, withSiblings(message, known))) }
}

/** At most `most` messages, cut at the end that is further from what is read. */
export function trimmed(thread: Thread, keep: 'oldest' | 'newest', most: number): Thread {
  const { messages } = thread
  if (messages.length <= most) return thread
  if (keep === 'oldest') {
    const kept = messages.slice(0, most)
    return { ...thread, messages: kept, after: kept.at(-1)?.id ?? null }
  }
  const kept = messages.slice(-most)
  return { ...thread, messages: kept, before: kept[0]?.id ?? null }
}

/** The reply that is being written at the end of the line, if one is. */
export function openReply({ messages }: Thread): Message | undefined {
  const last = messages.at(-1)
  return last && isOpen(last) ? last : undefined
}

/** Whether a message is still being made. */
export function isOpen({ role, status }: Message): boolean {
  return role === 'assistant' && (status === 'streaming' || status === 'pending')
}

function joined(earlier: readonly Message[], later: readonly Message[]): Message[] {
  const known = new Set(later.map(({ id }) => id))
  return [...earlier.filter(({ id }) => !known.has(id)), ...later]
}

/** Where in `messages` one that begins with `first` goes on; below zero where they do not meet. */
function meeting(messages: readonly Message[], first: Message): number {
  const same = messages.findIndex(({ id }) => id === first.id)
  if (same >= 0) return same
  const parent = messages.findIndex(({ id }) => id === first.parentId)
  return parent < 0 ? -1 : parent + 1
}

function refreshed(known: readonly Message[], messages: readonly Message[]): Message[] {
  const byId = new Map(known.map((message) => [message.id, message]))
  return messages.map((message) => {
    const before = byId.get(message.id)
    return before ? newer(before, message) : message
  })
}

/** Of two readings of one message the later; what has ended does not begin again, and what is the same stays itself. */
function newer(before: Message, after: Message): Message {
  const late = isOpen(after) && !isOpen(before) ? { ...before, siblings: after.siblings } : after
  return JSON.stringify(late) === JSON.stringify(before) ? before : late
}

/** The end of a reply was told by itself and need not know of branches that were made meanwhile. */
function withSiblings(message: Message, known: Message): Message {
  return message.siblings.ids.length >= known.siblings.ids.length
    ? message
    : { ...message, siblings: known.siblings }
}

function beforeBranch(messages: readonly Message[], asked: Asked): readonly Message[] {
  if (asked.kind === 'send') return messages
  const at = messages.findIndex(({ id }) => id === asked.messageId)
  return at < 0 ? messages : messages.slice(0, at)
}

function besideBranches(message: Message, branched: Message | undefined): Message {
  if (!branched || branched.siblings.ids.includes(message.id)) return message
  const ids = [...branched.siblings.ids, message.id]
  return { ...message, siblings: { ids, index: ids.length - 1 } }
}

function toQuestion(
  start: Start,
  asked: Extract<Asked, { content: string }>,
  parent: Message | undefined,
  now: string,
): Message {
  return {
    ...blank(start.sessionKey, start.userMessageId, parent, now),
    content: asked.content,
    clientMessageId: 'clientMessageId' in asked ? asked.clientMessageId : null,
    syncedAt: 'writtenAt' in asked ? now : null,
  }
}

function toReply(start: Start, parent: Message | undefined, now: string): Message {
  return {
    ...blank(start.sessionKey, start.messageId, parent, now),
    role: 'assistant',
    status: 'streaming',
    generationId: start.generationId,
  }
}

function blank(sessionKey: string, id: string, parent: Message | undefined, now: string): Message {
  return {
    id,
    sessionKey,
    role: 'user',
    content: '',
    status: 'complete',
    stopReason: null,
    model: null,
    createdAt: now,
    parentId: parent?.id ?? null,
    siblings: { ids: [id], index: 0 },
    generationId: null,
    clientMessageId: null,
    isPending: false,
    syncedAt: null,
    usage: null,
  }
}
