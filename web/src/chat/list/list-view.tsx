import { useRef, useState } from 'preact/hooks'
import { useApp, useText } from '../../app.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import type { ConversationList } from './conversations.ts'
import { byDay } from './days.ts'
import css from './list.module.css'
import { ListRow } from './list-row.tsx'
import { Results } from './results.tsx'
import type { Search } from './search.ts'

interface ListViewProps {
  list: ConversationList
  search: Search
  /** The conversation that is shown. */
  current: string | undefined
  searchRef: { current: HTMLInputElement | null }
}

/** So near to its end more of the list is read, in px. */
const AHEAD = 600

/** The way to every conversation: a new one, those found by their words, all by day. */
export function ListView({ list, search, current, searchRef }: ListViewProps) {
  const { chat } = useText()
  const [words, setWords] = useState('')

  function seek(next: string): void {
    setWords(next)
    search.ask(next)
  }

  return (
    <div class={css.view}>
      <div class={css.head}>
        <a class={css.fresh} href="/" aria-current={current === undefined ? 'page' : undefined}>
          <Icon name="plus" size={18} />
          <span>{chat.list.fresh}</span>
        </a>
        <div class={css.search}>
          <Icon name="search" size={17} />
          <input
            ref={searchRef}
            type="search"
            value={words}
            aria-label={chat.list.search}
            placeholder={chat.list.search}
            onInput={(event) => seek(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Escape' || words === '') return
              event.stopPropagation()
              seek('')
            }}
          />
          {words !== '' && <IconButton small icon="close" label={chat.list.clear} onClick={() => seek('')} />}
        </div>
      </div>
      {words.trim() === '' ? <AllConversations list={list} current={current} /> : <Results search={search} />}
    </div>
  )
}

function AllConversations({ list, current }: Pick<ListViewProps, 'list' | 'current'>) {
  const { text } = useApp()
  const { chat, common } = text.value
  const scroller = useRef<HTMLDivElement>(null)
  const items = list.items.value
  const state = list.state.value
  if (state === 'failed') {
    return (
      <div class={css.nothing}>
        <p>{chat.list.failed}</p>
        <Button onClick={() => list.load()}>{common.retry}</Button>
      </div>
    )
  }
  if (state === 'ready' && items.length === 0) return <p class={css.nothing}>{chat.list.none}</p>

  function onScroll(): void {
    const element = scroller.current
    if (!element || !list.hasMore.peek()) return
    if (element.scrollHeight - element.scrollTop - element.clientHeight < AHEAD) void list.more()
  }

  return (
    <div class={css.scroller} ref={scroller} onScroll={onScroll}>
      {byDay(items, new Date(), chat.list, text.language.value).map(({ label, items: group }) => (
        <section key={label} aria-label={label}>
          <h2 class={css.day}>{label}</h2>
          <ul>
            {group.map((conversation) => (
              <ListRow
                key={conversation.sessionKey}
                conversation={conversation}
                current={conversation.sessionKey === current}
                list={list}
              />
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}
