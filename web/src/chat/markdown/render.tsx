import type { Token, Tokens } from 'marked'
import { type ComponentChildren, h } from 'preact'
import { CodeBlock } from './code-block.tsx'
import { Formula } from './formula-view.tsx'
import { renderInline } from './inline.tsx'
import type { MarkdownKit } from './kit.ts'
import style from './markdown.module.css'
import type { MathToken } from './math-syntax.ts'
import { renderTable } from './table.tsx'

/** Headings of a message stand below those of the page, whose second level names the speaker. */
const HIGHEST = 3

/**
 * A block of a message as elements, never as HTML: what is no Markdown is text. It runs in the direction of its first
 * letter, with all that is in it.
 * @param open whether more of it may still come
 */
export function renderBlock(token: Token, kit: MarkdownKit, open = false): ComponentChildren {
  return renderOne(token, kit, { open, dir: 'auto' })
}

/** How a block stands; one within another has the direction of the outer one. */
interface Standing {
  open?: boolean
  dir?: 'auto' | undefined
}

function renderOne(token: Token, kit: MarkdownKit, { open = false, dir }: Standing): ComponentChildren {
  switch (token.type) {
    case 'paragraph':
      return <p dir={dir}>{renderInline(token.tokens, kit)}</p>
    case 'heading':
      return h(`h${Math.min(6, token.depth + HIGHEST - 1)}`, { dir }, renderInline(token.tokens, kit))
    case 'code':
      return <CodeBlock code={token.text} language={languageOf(token.lang)} open={open} kit={kit} />
    case 'blockquote':
      return <blockquote dir={dir}>{renderBlocks(token.tokens, kit)}</blockquote>
    case 'list':
      return renderList(token as Tokens.List, kit, dir)
    case 'table':
      return renderTable(token as Tokens.Table, kit, dir)
    case 'math':
      return <Formula token={token as MathToken} kit={kit} />
    case 'hr':
      return <hr />
    case 'text':
      return token.tokens ? renderInline(token.tokens, kit) : verbatim(token.text, dir)
    case 'checkbox':
      return <input type="checkbox" checked={token.checked} disabled class={style.check} />
    case 'space':
    case 'def':
      return null
    default:
      return verbatim(token.raw.trimEnd(), dir)
  }
}

function verbatim(text: string, dir: Standing['dir']): ComponentChildren {
  return (
    <p class={style.verbatim} dir={dir}>
      {text}
    </p>
  )
}

function renderBlocks(tokens: readonly Token[] | undefined, kit: MarkdownKit): ComponentChildren {
  return tokens?.map((token) => renderOne(token, kit, {}))
}

function renderList(
  { ordered, start, items }: Tokens.List,
  kit: MarkdownKit,
  dir: Standing['dir'],
): ComponentChildren {
  const children = items.map((item) => (
    <li class={item.task ? style.task : undefined}>{renderBlocks(item.tokens, kit)}</li>
  ))
  if (!ordered) return <ul dir={dir}>{children}</ul>
  return (
    <ol dir={dir} start={start === '' || start === 1 ? undefined : start}>
      {children}
    </ol>
  )
}

/** The first word after the fence; what models add after it is of no use here. */
function languageOf(lang: string | undefined): string {
  return /^[\w+#.-]{1,30}/.exec(lang ?? '')?.[0].toLowerCase() ?? ''
}
