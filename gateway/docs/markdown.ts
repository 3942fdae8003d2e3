import MarkdownIt, { type Token } from 'markdown-it'
import type { ContentsEntry } from './page.ts'

/** A page of docs/ as HTML, with what a frame around it needs. */
export interface Rendered {
  title: string
  contents: ContentsEntry[]
  html: string
}

/** Rewrites the address of a link; undefined when there is nothing to lead to, and the text stays alone. */
export type LinkRewriter = (href: string) => string | undefined

/**
 * A Markdown page as HTML. HTML in it is text; headings have the anchors GitHub gives them, and a table's row that
 * begins with one code has that code as anchor.
 */
export function renderMarkdown(text: string, rewrite: LinkRewriter): Rendered {
  const markdown = new MarkdownIt({ html: false, linkify: false })
  const tokens = markdown.parse(text, {})
  const anchors = anchorHeadings(tokens)
  anchorRows(tokens, new Set(anchors.map(({ id }) => id)))
  labelCells(tokens)
  for (const { children } of tokens) {
    if (!children) continue
    rewriteLinks(children, rewrite)
    keepTogether(children)
  }
  markdown.renderer.rules.table_open = (all, place, options, _, renderer) =>
    `<div class="scroll">${renderer.renderToken(all, place, options)}`
  markdown.renderer.rules.table_close = () => '</table></div>'
  return {
    title: anchors.find(({ level }) => level === 'h1')?.label ?? 'Documentation',
    contents: anchors
      .filter(({ level }) => level === 'h2' || level === 'h3')
      .map(({ id, label, level }) => ({ href: `#${id}`, label, part: level === 'h2' })),
    html: markdown.renderer.render(tokens, markdown.options, {}),
  }
}

function anchorHeadings(tokens: readonly Token[]) {
  const taken = new Map<string, number>()
  return tokens.flatMap((token, place) => {
    if (token.type !== 'heading_open') return []
    const label = (tokens[place + 1]?.children ?? []).map(({ content }) => content).join('')
    const slug = label
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
    const count = taken.get(slug) ?? 0
    taken.set(slug, count + 1)
    const id = count === 0 ? slug : `${slug}-${count}`
    token.attrSet('id', id)
    return [{ id, label, level: token.tag }]
  })
}

function anchorRows(tokens: readonly Token[], taken: Set<string>): void {
  for (const [place, token] of tokens.entries()) {
    const [cell] = tokens[place + 2]?.children ?? []
    if (token.type !== 'tr_open' || cell?.type !== 'code_inline' || !/^[\w.-]+$/.test(cell.content)) continue
    if (taken.has(cell.content)) continue
    taken.add(cell.content)
    token.attrSet('id', cell.content)
  }
}

/** How many columns still stand beside each other on a phone. */
const MOST_NARROW = 3

/** In a table too wide for a phone each cell says which column it is of, so that rows can be shown as blocks there. */
function labelCells(tokens: readonly Token[]): void {
  let labels: string[] = []
  let column = 0
  let table: Token | undefined
  for (const [place, token] of tokens.entries()) {
    if (token.type === 'table_open') [table, labels] = [token, []]
    else if (token.type === 'tr_open') column = 0
    else if (token.type === 'th_open') labels.push(tokens[place + 1]?.content ?? '')
    else if (token.type === 'tbody_open' && labels.length > MOST_NARROW) table?.attrSet('class', 'wide')
    else if (token.type === 'td_open') {
      token.attrSet('data-label', labels[column] ?? '')
      column += 1
    }
  }
}

/** Longer code may break at a hyphen or a space. */
const LONGEST_WORD = 24

/** Short code stays on one line, so that `--data-dir` is not torn. */
function keepTogether(children: readonly Token[]): void {
  for (const token of children) {
    if (token.type === 'code_inline' && token.content.length <= LONGEST_WORD) token.attrSet('class', 'word')
  }
}

function rewriteLinks(children: Token[], rewrite: LinkRewriter): void {
  let dropped = false
  for (const token of children) {
    if (token.type === 'link_open') {
      const href = rewrite(String(token.attrGet('href') ?? ''))
      dropped = href === undefined
      if (href !== undefined) token.attrSet('href', href)
    }
    if (dropped && (token.type === 'link_open' || token.type === 'link_close')) {
      if (token.type === 'link_close') dropped = false
      token.type = 'text'
      token.content = ''
      token.tag = ''
      token.nesting = 0
    }
  }
}
