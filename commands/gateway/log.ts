import { redact } from '../../src/audit/redact.ts'
import { asHelixError } from '../../src/errors.ts'
import { causesOf } from '../causes.ts'
import type { Context } from '../context.ts'

export type Level = 'info' | 'warn' | 'error'

/** Writes one line of the log: a JSON object on stderr with `at`, `level` and what is given. */
export function log({ stderr }: Pick<Context, 'stderr'>, level: Level, entry: Record<string, unknown>): void {
  stderr.write(`${JSON.stringify({ at: new Date().toISOString(), level, ...entry })}\n`)
}

/** Logs what went wrong where no caller could be told, with its causes and without its secrets. */
export function logFailure(context: Pick<Context, 'stderr'>, thrown: unknown): void {
  const { code } = asHelixError(thrown)
  const message = redact(thrown instanceof Error ? thrown.message : String(thrown))
  log(context, 'error', { event: 'error', code, message, causes: causesOf(thrown) })
}
