import { inspect } from 'node:util'
import { redact } from '../src/audit/redact.ts'
import { createStreamSanitizer } from '../src/audit/sanitize-stream.ts'

const LINE_LENGTH = 500
const MAX_CAUSES = 10

/** An error with its stack and the chain of its causes, without secrets and escape sequences; several lines. */
export function causesOf(error: unknown): string {
  return withoutSecrets(chain(error))
    .split('\n')
    .map((line) => `${/^ */.exec(line)?.[0] ?? ''}${redact(line, LINE_LENGTH).trim()}`)
    .join('\n')
}

// Over all lines first: no line of a key file tells alone what it is.
function withoutSecrets(text: string): string {
  const sanitizer = createStreamSanitizer()
  return sanitizer.write(text) + sanitizer.end()
}

function chain(error: unknown, depth = 0): string {
  if (depth === MAX_CAUSES) return 'and so on'
  if (!(error instanceof Error)) return inspect(error, { depth: 2 })
  const own = error.stack ?? `${error.name}: ${error.message}`
  return error.cause === undefined ? own : `${own}\nCaused by: ${chain(error.cause, depth + 1)}`
}
