import { inspect } from 'node:util'
import { redact } from '../src/audit/redact.ts'

const LINE_LENGTH = 500

/** An error with its stack and the chain of its causes, without secrets and escape sequences; several lines. */
export function causesOf(error: unknown): string {
  return chain(error)
    .split('\n')
    .map((line) => `${/^ */.exec(line)?.[0] ?? ''}${redact(line, LINE_LENGTH).trim()}`)
    .join('\n')
}

function chain(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error, { depth: 2 })
  const own = error.stack ?? `${error.name}: ${error.message}`
  return error.cause === undefined ? own : `${own}\nCaused by: ${chain(error.cause)}`
}
