import type { Links, Token } from 'marked'
import { lex } from './lexer.ts'

/** A block of a message. The same object stands for the same block for as long as nothing about it changes. */
export interface Block {
  token: Token
  /** Whether more of it may still come. */
  open: boolean
}

/** Reads a message that grows. */
export interface Blocks {
  /**
   * The blocks of `text`. Where it continues what was given before, finished blocks keep their identity and only the
   * open end is read anew, so that a frame costs as much as the block that is being written.
   * @param ended nothing more will come
   */
  update(text: string, ended: boolean): readonly Block[]
}

export function createBlocks(): Blocks {
  let source = ''
  let finished: Block[] = []
  /** How much of `source` the finished blocks are. */
  let offset = 0
  const links: Links = {}

  function reset(): void {
    finished = []
    offset = 0
    for (const name of Object.keys(links)) delete links[name]
  }

  function grow(): readonly Block[] {
    const tail = source.slice(offset)
    const tokens = lex(tail, links)
    Object.assign(links, tokens.links)
    const count = finishedCount(tokens, tail)
    for (const token of tokens.splice(0, count)) {
      offset += token.raw.length
      if (isShown(token)) finished.push({ token, open: false })
    }
    const rest = tokens.filter(isShown)
    return [...finished, ...rest.map((token, index) => ({ token, open: index === rest.length - 1 }))]
  }

  /** Read as a whole, so that what stands at the end counts for the beginning too. */
  function finish(): readonly Block[] {
    const known = finished
    const tokens = lex(source)
    const hasLinks = Object.keys(tokens.links).length > 0
    finished = tokens.filter(isShown).map((token, index) => {
      const before = known[index]
      return !hasLinks && before?.token.raw === token.raw ? before : { token, open: false }
    })
    offset = source.length
    return finished
  }

  return {
    update(text, ended) {
      const given = text.replaceAll('\r', '')
      if (!given.startsWith(source) || offset > given.length || (offset > 0 && offset === source.length))
        reset()
      source = given
      return ended ? finish() : grow()
    },
  }
}

function isShown({ type }: Token): boolean {
  return type !== 'space' && type !== 'def'
}

/**
 * How many tokens no further text can change: all before the last block, once the line that began it is whole. A list
 * item may yet join the list before it, and a paragraph turn into a table, but never one block further back.
 */
function finishedCount(tokens: readonly Token[], tail: string): number {
  const length = tokens.reduce((total, { raw }) => total + raw.length, 0)
  if (length !== tail.length) return 0
  const last = tokens.findLastIndex(({ type }) => type !== 'space')
  const begun = tokens[last]
  return begun?.raw.trimStart().includes('\n') ? last : 0
}
