import { Lexer, type Links, Marked, type MarkedOptions, type Token, type TokensList } from 'marked'
import { mathSyntax } from './math-syntax.ts'

/** Quotes and lists deeper than this are shown as they were written; recursion has to end somewhere. */
const DEEPEST = 16
/**
 * A run of text longer than this is shown without emphasis and links. Prose has no such paragraphs; what has are
 * attempts to make the search for delimiters quadratic, which this keeps linear.
 */
const LONGEST_RUN = 10_000

const marked = new Marked({ gfm: true, extensions: mathSyntax })

/** Marked's lexer, held to linear time and bounded depth on any input. */
class BoundedLexer extends Lexer {
  private depth = 0

  constructor() {
    super(marked.defaults as MarkedOptions)
  }

  override blockTokens(src: string, tokens?: Token[], lastParagraphClipped?: boolean): TokensList {
    if (this.depth >= DEEPEST) {
      const given = (tokens ?? []) as TokensList
      given.push(textToken(src))
      return given
    }
    this.depth += 1
    try {
      return super.blockTokens(src, tokens, lastParagraphClipped) as TokensList
    } finally {
      this.depth -= 1
    }
  }

  override inlineTokens(src: string, tokens: Token[] = []): Token[] {
    if (src.length <= LONGEST_RUN && this.depth < DEEPEST) {
      this.depth += 1
      try {
        return super.inlineTokens(src, tokens)
      } finally {
        this.depth -= 1
      }
    }
    tokens.push(textToken(src))
    return tokens
  }
}

/**
 * The blocks of a text and its link definitions. Never throws: what cannot be read is text.
 * @param links definitions that stand in a part of the message which was read before
 */
export function lex(source: string, links: Links = {}): TokensList {
  try {
    const lexer = new BoundedLexer()
    Object.assign(lexer.tokens.links, links)
    return lexer.lex(source)
  } catch {
    return Object.assign([textToken(source)], { links: {} })
  }
}

function textToken(text: string): Token {
  return { type: 'text', raw: text, text }
}
