import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { useApp, useText } from '../../app.ts'
import { Spinner } from '../../ui/spinner.tsx'
import type { MarkdownKit } from '../markdown/kit.ts'
import type { ThreadActions } from './actions.ts'
import { Announcer } from './announcer.tsx'
import type { Conversation } from './conversation.ts'
import type { FeedbackOf } from './feedback-tools.tsx'
import { Pending } from './pending.tsx'
import { Row } from './row.tsx'
import { keepScroll, type ScrollKeeper } from './scroll.ts'
import { isOpen, openReply, type Thread } from './stretch.ts'
import css from './thread.module.css'
import { ToNewest } from './to-newest.tsx'
import { Waiting } from './waiting.tsx'

interface ThreadViewProps {
  conversation: Conversation
  /** A message that was looked for. */
  sought: string | undefined
  editing: string | undefined
  onEdit: (messageId: string | undefined) => void
  feedback: FeedbackOf
  kit: MarkdownKit
  actions: ThreadActions
}

/** The messages of a conversation, as far as they are loaded, and those on their way. */
export function ThreadView(props: ThreadViewProps) {
  const { conversation, sought, editing, onEdit, feedback, kit, actions } = props
  const { replies, outbox } = useApp()
  const { chat } = useText()
  const thread = conversation.thread.value
  const branching = conversation.branching.value
  const { scroller, content, keeper } = useScroll(conversation, thread, sought)
  const open = openReply(thread)
  const shown = branching ? beforeBranch(thread, branching.messageId) : thread.messages
  const waiting = outbox.waiting.value.filter(
    ({ sessionKey, clientMessageId }) =>
      sessionKey === conversation.sessionKey &&
      !thread.messages.some((message) => message.clientMessageId === clientMessageId),
  )
  return (
    <div class={css.area}>
      <div
        class={css.scroller}
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        role="log"
        aria-label={chat.messages}
        aria-live="off"
      >
        <div class={css.column} ref={content}>
          {thread.before !== null && (
            <p class={css.older}>
              <Spinner label={chat.older} />
            </p>
          )}
          {shown.map((message, index) => (
            <Row
              key={message.id}
              message={message}
              live={isOpen(message) ? replies.of(message.id) : undefined}
              last={index === shown.length - 1 && thread.after === null}
              secret={shown[index - 1]?.secretNext === true}
              busy={open !== undefined || branching !== undefined}
              editing={editing === message.id}
              sought={sought === message.id}
              failure={conversation.failures.value.get(message.id)}
              feedback={feedback}
              kit={kit}
              actions={actions}
              onEdit={onEdit}
            />
          ))}
          {branching && <Pending branch={branching} />}
          {waiting.map((message) => (
            <Waiting
              key={message.clientMessageId}
              message={message}
              queued={open !== undefined && message.state !== 'failed'}
            />
          ))}
        </div>
      </div>
      <ToNewest conversation={conversation} keeper={keeper} waiting={waiting.length} />
      <Announcer live={open && replies.of(open.id)} last={thread.messages.at(-1)} />
    </div>
  )
}

function beforeBranch({ messages }: Thread, messageId: string) {
  const at = messages.findIndex(({ id }) => id === messageId)
  return at < 0 ? messages : messages.slice(0, at)
}

/** Keeps the reader where they are while the conversation grows around them. */
function useScroll(conversation: Conversation, thread: Thread, sought: string | undefined) {
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const shown = useRef<Thread>(undefined)
  const keeper: ScrollKeeper = useMemo(
    () =>
      keepScroll({
        onNear: (end) => void conversation.more(end).catch(() => {}),
        isComplete: () => conversation.thread.peek().after === null,
      }),
    [conversation],
  )
  // The document is as it was until this has been rendered, so this is the moment to look.
  if (shown.current !== thread) keeper.remember()
  useLayoutEffect(() => {
    if (scroller.current && content.current) return keeper.hold(scroller.current, content.current)
    return undefined
  }, [keeper])
  useLayoutEffect(() => {
    if (shown.current !== thread) keeper.restore()
    shown.current = thread
  }, [thread])
  useEffect(() => {
    const row =
      sought && content.current?.querySelector<HTMLElement>(`[data-message="${CSS.escape(sought)}"]`)
    if (row) keeper.toElement(row)
  }, [keeper, sought, thread.messages.length > 0])
  return { scroller, content, keeper }
}
