import { HelixError } from '../../errors.ts'
import { isStatementError, type StatementError } from '../statement-error.ts'
import type { Script } from './files.ts'

const WIDEST = 100
/** PostgreSQL: "… cannot run inside a transaction block". */
const NEEDS_NO_TRANSACTION = '25001'
const LOCK_NOT_AVAILABLE = '55P03'

/** What PostgreSQL said of statement `index` (from 0) of a script, with the place shown; other failures stay as they are. */
export function scriptFailure(script: Script, index: number, thrown: unknown, kept: string): unknown {
  if (!isStatementError(thrown)) return thrown
  const statement = script.statements[index]
  const place = findPlace(script.sql, statement?.start ?? 0, statement?.text ?? '', thrown.position)
  const said = [thrown.message, thrown.detail].filter((part) => part !== undefined).join('\n')
  return new HelixError(
    'migration_failed',
    `${script.file}, statement ${index + 1}, line ${place.line}: ${said}\n${place.excerpt}`,
    {
      hint: `${advice(thrown)} ${kept}`,
      next: ['helix db migrate'],
      details: { file: script.file, statement: index + 1, line: place.line, sqlState: thrown.code },
      cause: thrown,
    },
  )
}

function advice({ code, hint }: StatementError): string {
  if (code === NEEDS_NO_TRANSACTION) {
    return 'Put the statement in a file of its own that has the line "-- helix: no transaction".'
  }
  if (code === LOCK_NOT_AVAILABLE)
    return 'Another transaction keeps the table busy: run it again when it is over.'
  return hint === undefined ? 'Mend the cause and run it again.' : `${hint.replace(/\.?$/, '.')}`
}

/** The line of the script where the statement went wrong, with a caret where PostgreSQL pointed. */
function findPlace(sql: string, start: number, text: string, position: string | undefined) {
  const pointed = position !== undefined && /^[1-9]\d*$/.test(position)
  // PostgreSQL counts characters, JavaScript UTF-16 units.
  const before = pointed
    ? Array.from(text)
        .slice(0, Number(position) - 1)
        .join('').length
    : firstCode(text)
  const at = start + before
  const lineStart = sql.lastIndexOf('\n', at - 1) + 1
  const lineEnd = sql.indexOf('\n', at)
  const line = sql.slice(0, at).split('\n').length
  const from = Math.max(0, at - lineStart - WIDEST / 2)
  const shown = sql.slice(lineStart, lineEnd === -1 ? undefined : lineEnd).slice(from, from + WIDEST)
  const margin = `${line} | `
  const caret = pointed ? `\n${' '.repeat(margin.length + at - lineStart - from)}^` : ''
  return { line, excerpt: `${margin}${shown}${caret}` }
}

/** Offset of what is neither comment nor white space. */
function firstCode(text: string): number {
  return /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/.exec(text)?.[0].length ?? 0
}
