import type { Token, Tokens } from 'marked'
import type { ComponentChildren } from 'preact'
import { decodeEntities } from './entities.ts'
import { Formula } from './formula-view.tsx'
import type { MarkdownKit } from './kit.ts'
import style from './markdown.module.css'
import type { MathToken } from './math-syntax.ts'
import { safeHref } from './safe-link.ts'

/** Runs of text as elements. Whatever looks like HTML is text; a link leads only where `safeHref` lets it. */
export function renderInline(tokens: readonly Token[] | undefined, kit: MarkdownKit): ComponentChildren {
  return tokens?.map((token) => renderRun(token, kit))
}

function renderRun(token: Tokens.Generic, kit: MarkdownKit): ComponentChildren {
  const inner = () => renderInline(token.tokens, kit)
  switch (token.type) {
    case 'strong':
      return <strong>{inner()}</strong>
    case 'em':
      return <em>{inner()}</em>
    case 'del':
      return <del>{inner()}</del>
    case 'codespan':
      return <code>{token.text}</code>
    case 'br':
      return <br />
    case 'link':
      return link(token as Tokens.Link, inner())
    case 'image':
      return link(token as Tokens.Image, kit.words.image(decodeEntities(token.text)))
    case 'math':
      return <Formula token={token as MathToken} kit={kit} />
    case 'html':
      return /^<br\s*\/?>$/i.test(token.raw) ? <br /> : token.raw
    case 'escape':
      return token.text
    case 'text':
      return token.tokens ? inner() : decodeEntities(token.text)
    default:
      return token.raw
  }
}

/** A picture is a link too: this page fetches nothing because a message says so. */
function link({ href, title }: Tokens.Link | Tokens.Image, children: ComponentChildren): ComponentChildren {
  const safe = safeHref(decodeEntities(href))
  if (safe === undefined) return <span class={style.deadLink}>{children}</span>
  return (
    <a
      href={safe}
      title={title ? decodeEntities(title) : undefined}
      target="_blank"
      rel="noopener noreferrer"
    >
      {children}
    </a>
  )
}
