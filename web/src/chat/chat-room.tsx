import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { codeOf } from '../../../src/errors.ts'
import { useApp, useText } from '../app.ts'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Spinner } from '../ui/spinner.tsx'
import css from './chat.module.css'
import { Composer } from './composer/composer.tsx'
import { draftOf } from './composer/draft.ts'
import { isTouched } from './composer/keys.ts'
import { SecretComposer } from './composer/secret-composer.tsx'
import { failureWords } from './failure-words.ts'
import { createLazy } from './lazy.ts'
import type { MarkdownKit } from './markdown/kit.ts'
import type { ThreadActions } from './thread/actions.ts'
import type { Conversation } from './thread/conversation.ts'
import { createFeedbacks } from './thread/feedback.ts'
import type { FeedbackOf } from './thread/feedback-tools.tsx'
import { openReply } from './thread/stretch.ts'

/** What the room of a conversation can be asked for from outside it. */
export interface RoomHandle {
  write(): void
  stop(): void
  copyLast(): void
}

interface ChatRoomProps {
  /** None: whatever is written begins one. */
  conversation: Conversation | undefined
  userId: string
  sought: string | undefined
  kit: MarkdownKit
  handle: { current: RoomHandle | null }
  onBegin: (sessionKey: string) => void
}

/** The draft of a conversation that has no key yet. */
const FRESH = 'new'

/** A conversation and the field to write in. */
export function ChatRoom({ conversation, userId, sought, kit, handle, onBegin }: ChatRoomProps) {
  const { outbox, store, toasts } = useApp()
  const { chat } = useText()
  const [editing, setEditing] = useState<string>()
  const [stopping, setStopping] = useState<string>()
  const field = useRef<HTMLTextAreaElement | HTMLInputElement>(null)
  const sessionKey = conversation?.sessionKey
  const draft = useMemo(() => draftOf(store.drafts, userId, sessionKey ?? FRESH), [userId, sessionKey])
  const messages = conversation?.thread.value.messages ?? []
  const open = conversation && openReply(conversation.thread.value)
  const last = messages.at(-1)
  const asksSecret = last?.secretNext === true && !open

  const attempt = (work: () => Promise<unknown>): Promise<boolean> =>
    work().then(
      () => true,
      (error) => {
        toasts.fail(failureWords(codeOf(error), chat.failure))
        return false
      },
    )

  function send(content: string, secret = false): void {
    const key = sessionKey ?? crypto.randomUUID()
    void outbox.add({
      clientMessageId: crypto.randomUUID(),
      sessionKey: key,
      content,
      ...(secret ? { secret } : {}),
    })
    if (sessionKey === undefined) onBegin(key)
  }

  function stop(): void {
    const generationId = open?.generationId
    if (!conversation || !generationId || stopping === generationId) return
    setStopping(generationId)
    void attempt(() => conversation.stop(generationId)).then((stopped) => {
      if (!stopped) setStopping(undefined)
    })
  }

  const latest = useRef({ attempt, send })
  latest.current = { attempt, send }
  const actions = useMemo((): ThreadActions => {
    const attempted = (work: () => Promise<unknown>) => latest.current.attempt(work)
    return {
      copy: (text) => kit.copy(text),
      async regenerate(message) {
        await attempted(async () => conversation?.branch({ kind: 'regenerate', messageId: message.id }))
      },
      edit: (message, content) =>
        attempted(async () => conversation?.branch({ kind: 'edit', messageId: message.id, content })),
      async show(messageId) {
        await attempted(async () => conversation?.show(messageId))
      },
      goOn: () => latest.current.send(chat.message.goOnText),
    }
  }, [conversation, kit, chat])

  handle.current = {
    write: () => field.current?.focus(),
    stop,
    copyLast: () => {
      const reply = messages.findLast(({ role, content }) => role === 'assistant' && content !== '')
      if (reply) void kit.copy(reply.content).then(() => toasts.say(chat.message.copied))
    },
  }

  useEffect(() => {
    setEditing(undefined)
    if (!isTouched()) field.current?.focus()
  }, [sessionKey, asksSecret])

  const feedback = useFeedback(conversation, attempt)
  const { view: ThreadView, load } = useThreadView(conversation !== undefined)
  return (
    <div class={css.room} onInput={load}>
      <Content
        conversation={conversation}
        thread={
          conversation &&
          ThreadView && (
            <ThreadView
              key={sessionKey}
              conversation={conversation}
              sought={sought}
              editing={editing}
              onEdit={setEditing}
              feedback={feedback}
              kit={kit}
              actions={actions}
            />
          )
        }
      />
      {asksSecret ? (
        <SecretComposer fieldRef={field} onSend={(secret) => send(secret, true)} />
      ) : (
        conversation?.loading.value !== 'missing' && (
          <Composer
            draft={draft}
            open={open !== undefined}
            stopping={open !== undefined && stopping === open.generationId}
            onSend={send}
            onStop={stop}
            onEditLast={() => setEditing(messages.findLast(({ role }) => role === 'user')?.id)}
            fieldRef={field}
          />
        )
      )}
    </div>
  )
}

/** What stands above the field: the messages, or why there are none. */
function Content({
  conversation,
  thread,
}: {
  conversation: Conversation | undefined
  thread: preact.ComponentChildren
}) {
  const { chat, common } = useText()
  const loading = conversation?.loading.value
  if (!conversation) {
    return (
      <div class={css.empty}>
        <h2>{chat.empty.title}</h2>
        {!isTouched() && <p>{chat.empty.hint}</p>}
      </div>
    )
  }
  if (loading === 'missing') {
    return (
      <div class={css.empty}>
        <h2>{chat.missing.title}</h2>
        <p>{chat.missing.body}</p>
        <ButtonLink href="/">{chat.missing.fresh}</ButtonLink>
      </div>
    )
  }
  if (loading === 'failed') {
    return (
      <div class={css.empty}>
        <h2>{chat.failed}</h2>
        <Button onClick={() => conversation.load()}>{common.retry}</Button>
      </div>
    )
  }
  if (!thread || (loading === 'loading' && conversation.thread.value.messages.length === 0)) {
    return <Loading conversation={conversation} thread={thread} />
  }
  return thread
}

/** Nothing is said of what takes no time; what was just sent stands there at once. */
function Loading({ conversation, thread }: { conversation: Conversation; thread: preact.ComponentChildren }) {
  const { outbox } = useApp()
  const { common } = useText()
  if (outbox.waiting.value.some(({ sessionKey }) => sessionKey === conversation.sessionKey)) return thread
  return (
    <div class={css.empty}>
      <span class={css.late}>
        <Spinner label={common.loading} />
      </span>
    </div>
  )
}

/**
 * What draws messages comes with the first of them, or when somebody begins to write: an empty page is there sooner
 * without.
 */
function useThreadView(needed: boolean) {
  const connection = useApp().connection.state.value
  const lazy = useMemo(
    () => createLazy(() => import('./thread/thread-view.tsx').then((module) => module.ThreadView)),
    [],
  )
  useEffect(() => {
    // Tried again whenever the connection changes: what could not be fetched without one can be now.
    if (needed) lazy.load()
  }, [needed, lazy, connection])
  return { view: lazy.value.value, load: lazy.load }
}

function useFeedback(
  conversation: Conversation | undefined,
  attempt: (work: () => Promise<unknown>) => Promise<boolean>,
): FeedbackOf {
  const { client } = useApp()
  const feedbacks = useMemo(
    () => createFeedbacks(client.http, conversation?.sessionKey ?? FRESH),
    [conversation],
  )
  const loaded = conversation?.loading.value === 'ready' && !conversation.fresh
  useEffect(() => {
    // Without it no thumb is pressed; the conversation is there all the same.
    if (loaded) void feedbacks.load().catch(() => {})
  }, [feedbacks, loaded])
  const latest = useRef(attempt)
  latest.current = attempt
  return useMemo(
    () => ({
      byMessage: feedbacks.byMessage,
      rate: (messageId, rating, comment) => latest.current(() => feedbacks.rate(messageId, rating, comment)),
    }),
    [feedbacks],
  )
}
