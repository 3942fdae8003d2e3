import { html, raw } from 'hono/html'
import type { Html } from './page.ts'

/** A line of prose: what stands between backticks is code, everything else is text. */
export function prose(text: string): Html {
  return html`${text.split('`').map((part, place) => (place % 2 === 1 ? html`<code>${part}</code>` : part))}` as Html
}

/** Several lines of prose, a blank one between paragraphs. */
export function paragraphs(text: string): Html {
  return html`${text.split(/\n{2,}/).map((one) => html`<p>${prose(one)}</p>\n`)}` as Html
}

/** A path that may break after each slash. */
export function path(text: string): Html {
  return html`${text.split(/(?<=\/)/).map((part) => html`${part}${raw('<wbr>')}`)}` as Html
}
