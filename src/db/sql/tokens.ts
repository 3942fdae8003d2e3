/** A lexical element of SQL; `start` and `end` are offsets into the script. */
export interface Token {
  kind: 'space' | 'comment' | 'word' | 'quoted' | 'string' | 'dollar' | 'number' | 'punctuation'
  text: string
  start: number
  end: number
}

const WORD = /[\p{L}_][\p{L}\p{N}_$]*/uy
const NUMBER = /\d[\d_]*(?:\.\d*)?(?:e[+-]?\d+)?/iy
const SPACE = /\s+/y
const LINE_COMMENT = /--[^\n]*/y
const DOLLAR_TAG = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy

/** Splits a script into PostgreSQL's lexical elements, comments and white space included, losing no character. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < sql.length; ) {
    const token = next(sql, at)
    tokens.push(token)
    at = token.end
  }
  return tokens
}

function next(sql: string, at: number): Token {
  const token = (kind: Token['kind'], end: number): Token => ({
    kind,
    text: sql.slice(at, end),
    start: at,
    end,
  })
  const char = sql[at] ?? ''
  if (/\s/.test(char)) return token('space', matchEnd(SPACE, sql, at) ?? at + 1)
  if (sql.startsWith('--', at)) return token('comment', matchEnd(LINE_COMMENT, sql, at) ?? at + 2)
  if (sql.startsWith('/*', at)) return token('comment', blockCommentEnd(sql, at))
  if (char === '"') return token('quoted', quoteEnd(sql, at, '"', false))
  if (char === "'") return token('string', quoteEnd(sql, at, "'", false))
  if (/[eE]/.test(char) && sql[at + 1] === "'") return token('string', quoteEnd(sql, at + 1, "'", true))
  if (char === '$') return dollar(sql, at, token)
  const word = matchEnd(WORD, sql, at)
  if (word !== undefined) return token('word', word)
  const number = matchEnd(NUMBER, sql, at)
  if (number !== undefined) return token('number', number)
  return token('punctuation', at + 1)
}

function matchEnd(pattern: RegExp, sql: string, at: number): number | undefined {
  pattern.lastIndex = at
  return pattern.test(sql) ? pattern.lastIndex : undefined
}

/** Block comments nest. */
function blockCommentEnd(sql: string, start: number): number {
  let depth = 0
  for (let at = start; at < sql.length; at += 1) {
    if (sql.startsWith('/*', at)) {
      depth += 1
      at += 1
    } else if (sql.startsWith('*/', at)) {
      depth -= 1
      at += 1
      if (depth === 0) return at + 1
    }
  }
  return sql.length
}

/** A doubled quote stands for one; in an escape string a backslash takes the next character along. */
function quoteEnd(sql: string, start: number, quote: string, escapes: boolean): number {
  for (let at = start + 1; at < sql.length; at += 1) {
    if (escapes && sql[at] === '\\') at += 1
    else if (sql[at] === quote && sql[at + 1] === quote) at += 1
    else if (sql[at] === quote) return at + 1
  }
  return sql.length
}

function dollar(sql: string, at: number, token: (kind: Token['kind'], end: number) => Token): Token {
  const tagEnd = matchEnd(DOLLAR_TAG, sql, at)
  if (tagEnd === undefined) return token('punctuation', at + 1)
  const close = sql.indexOf(sql.slice(at, tagEnd), tagEnd)
  return token('dollar', close < 0 ? sql.length : close + (tagEnd - at))
}
