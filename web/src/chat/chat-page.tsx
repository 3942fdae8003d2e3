import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useLocation, useRoute } from 'preact-iso/router'
import { useApp, useText } from '../app.ts'
import { Frame } from '../frame/frame.tsx'
import { IconButton } from '../ui/button.tsx'
import { useLoadingAgain } from '../ui/reading-again.ts'
import { ChatRoom, type RoomHandle } from './chat-room.tsx'
import { isTouched } from './composer/keys.ts'
import { Gauge } from './gauge/gauge.tsx'
import { CheatSheet } from './keys/cheat-sheet.tsx'
import { isWriting, type Shortcut, shortcutOf } from './keys/shortcuts.ts'
import { singleKeys } from './keys/single-keys.ts'
import { openList } from './list/conversations.ts'
import { ListView } from './list/list-view.tsx'
import { createSearch } from './list/search.ts'
import { useMarkdownKit } from './markdown/use-kit.ts'
import { openConversation } from './thread/conversation.ts'

/** The conversations of a person, and one of them. */
export function ChatPage() {
  const app = useApp()
  const { chat } = useText()
  const { params, query } = useRoute()
  const { route } = useLocation()
  const [helping, setHelping] = useState(false)
  const single = useMemo(() => singleKeys(localStorage), [])
  const room = useRef<RoomHandle>(null)
  const searchField = useRef<HTMLInputElement>(null)
  const kit = useMarkdownKit()
  const who = app.session.state.value
  const userId = typeof who === 'string' ? '' : who.userId
  const key = params.sessionKey?.toLowerCase()
  const { list, search } = useList(userId)
  const begun = useRef(new Set<string>())
  const conversation = useConversation(key, userId, query.m, begun.current)
  const items = list.items.value

  function perform(shortcut: Shortcut): void {
    if (shortcut === 'help') setHelping(true)
    else if (shortcut === 'fresh') route('/')
    else if (shortcut === 'search') searchField.current?.focus()
    else if (shortcut === 'write') room.current?.write()
    else if (shortcut === 'stop') room.current?.stop()
    else if (shortcut === 'copy-last') room.current?.copyLast()
    else {
      const at = items.findIndex(({ sessionKey }) => sessionKey === key)
      const next = items[shortcut === 'next' ? at + 1 : at - 1]
      if (next) route(`/c/${next.sessionKey}`)
    }
  }

  const latest = useRef(perform)
  latest.current = perform
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (document.querySelector('dialog[open]')) return
      const shortcut = shortcutOf(event, isWriting(event.target), single.peek())
      if (shortcut === undefined) return
      event.preventDefault()
      latest.current(shortcut)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])

  const known = items.find(({ sessionKey }) => sessionKey === key)?.title
  return (
    <Frame
      title={conversation ? (conversation.title.value ?? known ?? chat.untitled) : chat.title}
      sidebar={<ListView list={list} search={search} current={key} searchRef={searchField} />}
      tools={
        <>
          {conversation && <Gauge messages={conversation.thread.value.messages} />}
          {!isTouched() && (
            <IconButton icon="keyboard" label={chat.keys.open} onClick={() => setHelping(true)} />
          )}
        </>
      }
    >
      <ChatRoom
        conversation={conversation}
        userId={userId}
        sought={query.m}
        kit={kit}
        handle={room}
        onBegin={(sessionKey) => {
          begun.current.add(sessionKey)
          route(`/c/${sessionKey}`)
        }}
      />
      {helping && <CheatSheet single={single} onClose={() => setHelping(false)} />}
    </Frame>
  )
}

function useList(userId: string) {
  const { client, replies, feed, store } = useApp()
  const opened = useMemo(() => {
    const list = openList({ client, replies, feed, cache: store.cache, userId })
    return { list, search: createSearch(client), isFailed: () => list.state.value === 'failed' }
  }, [userId])
  useEffect(() => {
    void opened.list.load()
    return opened.list.close
  }, [opened])
  useLoadingAgain(opened.isFailed, opened.list.load)
  return opened
}

/** The conversation of a key, read around a message where one is sought; none without a key. */
function useConversation(
  sessionKey: string | undefined,
  userId: string,
  sought: string | undefined,
  begun: Set<string>,
) {
  const { client, replies, feed, outbox, store } = useApp()
  const conversation = useMemo(
    () =>
      sessionKey === undefined
        ? undefined
        : openConversation(sessionKey, {
            client,
            replies,
            feed,
            outbox,
            cache: store.cache,
            userId,
            now: () => new Date(),
            fresh: begun.delete(sessionKey),
          }),
    [sessionKey, userId],
  )
  useEffect(() => conversation?.close, [conversation])
  useEffect(() => {
    const isShown = conversation?.thread.peek().messages.some(({ id }) => id === sought)
    if (!isShown && !conversation?.fresh) void conversation?.load(sought)
  }, [conversation, sought])
  const isFailed = useCallback(() => conversation?.loading.value === 'failed', [conversation])
  const loadAgain = useCallback(async () => conversation?.load(sought), [conversation, sought])
  useLoadingAgain(isFailed, loadAgain)
  return conversation
}
