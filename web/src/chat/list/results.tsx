import { useApp } from '../../app.ts'
import css from './list.module.css'
import type { Found, Search } from './search.ts'
import { piecesOf } from './snippet.ts'

const AHEAD = 600

/** What was found, each with the way to its place in its conversation. */
export function Results({ search }: { search: Search }) {
  const { text } = useApp()
  const { chat } = text.value
  const { words, busy, results, failed } = search.state.value
  return (
    <div
      class={css.scroller}
      aria-busy={busy}
      onScroll={({ currentTarget: element }) => {
        if (element.scrollHeight - element.scrollTop - element.clientHeight < AHEAD) void search.more()
      }}
    >
      <p class="hidden-text" role="status">
        {busy ? '' : chat.list.found(results.length)}
      </p>
      {!busy && results.length === 0 && (
        <p class={css.nothing}>{failed ? chat.failure.gateway_unreachable : chat.list.nothingFound(words)}</p>
      )}
      <ul>
        {results.map((found) => (
          <li key={found.message.id}>
            <Result found={found} language={text.language.value} untitled={chat.untitled} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function Result({ found, language, untitled }: { found: Found; language: string; untitled: string }) {
  const { message, conversation, snippet } = found
  const date = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' })
  return (
    <a class={css.result} href={`/c/${conversation.sessionKey}?m=${message.id}`}>
      <span class={css.resultTitle}>
        <span dir="auto">{conversation.title || untitled}</span>
        <time dateTime={message.createdAt}>{date.format(new Date(message.createdAt))}</time>
      </span>
      <span class={css.snippet} dir="auto">
        {piecesOf(snippet).map(({ text, hit }, index) =>
          // Pieces have no identity but their place.
          hit ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>,
        )}
      </span>
    </a>
  )
}
