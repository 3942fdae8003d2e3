import { type Token, tokenize } from './tokens.ts'

/** One statement of a script, with the comments before it; no trailing semicolon. */
export interface Statement {
  text: string
  /** Offset of `text` in the script. */
  start: number
  /** What PostgreSQL reads: without comments and white space. */
  tokens: Token[]
}

/**
 * Splits a script at its semicolons as `psql` does: not within parentheses, strings, comments, dollar quotes or
 * a `begin atomic … end` body. A piece that is only comments is kept, with no tokens.
 */
export function splitStatements(sql: string): Statement[] {
  const statements: Statement[] = []
  let piece: Token[] = []
  let depth = 0
  for (const token of tokenize(sql)) {
    if (token.text === ';' && token.kind === 'punctuation' && depth <= 0) {
      push(statements, sql, piece)
      piece = []
      depth = 0
      continue
    }
    piece.push(token)
    depth += nesting(token, piece, depth)
  }
  push(statements, sql, piece)
  return statements
}

/** The words and signs of a statement that say what it does, in lower case. */
export function words(statement: Statement): string[] {
  return statement.tokens.map((token) => (token.kind === 'word' ? token.text.toLowerCase() : token.text))
}

/** How a token changes the depth below which a semicolon ends nothing. */
function nesting(token: Token, piece: readonly Token[], depth: number): number {
  if (token.text === '(') return 1
  if (token.text === ')') return depth > 0 ? -1 : 0
  if (token.kind !== 'word') return 0
  const word = token.text.toLowerCase()
  if (word === 'atomic' && wordBefore(piece) === 'begin') return 1
  if (word === 'case' && depth > 0) return 1
  return word === 'end' && depth > 0 ? -1 : 0
}

function wordBefore(piece: readonly Token[]): string | undefined {
  return significant(piece).at(-2)?.text.toLowerCase()
}

function significant(tokens: readonly Token[]): Token[] {
  return tokens.filter(({ kind }) => kind !== 'space' && kind !== 'comment')
}

function push(statements: Statement[], sql: string, piece: readonly Token[]): void {
  const first = piece.find(({ kind }) => kind !== 'space')
  const last = piece.findLast(({ kind }) => kind !== 'space')
  if (!first || !last) return
  statements.push({
    text: sql.slice(first.start, last.end).trimEnd(),
    start: first.start,
    tokens: significant(piece),
  })
}
