import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'
import { STYLE } from './style.ts'

/** Text that is HTML already. */
export type Html = ReturnType<typeof raw>

/** An entry of a page's table of contents; a `part` stands above those that follow. */
export interface ContentsEntry {
  href: string
  label: string | Html
  part?: boolean
}

interface Page {
  title: string
  contents: readonly ContentsEntry[]
  /** Where the reader is in the navigation. */
  current: '/docs' | '/docs/api'
  body: string | Html
}

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/** What these pages may load: their own style sheet, which is in the page, and nothing else. */
export const PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
}

/** A whole page, without a script, a font or a picture. */
export function page({ title, contents, current, body }: Page): string {
  return String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Helix</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top"><nav aria-label="Helix">
<a class="name" href="/">Helix</a>
${NAVIGATION.map(([href, name]) => html`<a href="${href}"${raw(href === current ? ' aria-current="page"' : '')}>${name}</a> `)}
</nav></header>
<div class="frame">
${contents.length > 0 ? table(contents) : html`<div></div>`}
<main id="content">
${typeof body === 'string' ? raw(body) : body}
</main>
</div>
</body>
</html>
`)
}

const NAVIGATION = [
  ['/docs', 'Guides'],
  ['/docs/api', 'API reference'],
  ['/openapi.json', 'openapi.json'],
] as const

/** On a phone a line that opens; where there is room the style shows all of it beside the text. */
function table(contents: readonly ContentsEntry[]) {
  return html`<details class="contents"><summary>On this page</summary>
<ul>
${contents.map(({ href, label, part }) => html`<li${raw(part ? ' class="part"' : '')}><a href="${href}">${label}</a></li>\n`)}</ul>
</details>`
}
