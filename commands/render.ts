import type { ShownFailure } from '../src/audit/shown-failure.ts'
import type { HelixError } from '../src/errors.ts'
import { createColour, wantsColour } from '../src/ui/colour.ts'
import { safeText } from '../src/ui/safe-text.ts'
import type { Host } from './host.ts'

/** Version of every JSON document; it grows only by additions. */
const SCHEMA_VERSION = 1
const NO_HINT = 'Run again with --verbose to see more.'

/** How a run wants its errors shown. */
export interface Rendering {
  json: boolean
  verbose: boolean
  colour: boolean
}

/** Prints the envelope of a result. */
export function renderData(host: Host, data: unknown): void {
  host.stdout.write(`${JSON.stringify({ ok: true, schemaVersion: SCHEMA_VERSION, data: data ?? null })}\n`)
}

/**
 * The one place where a failure becomes text: the envelope on stdout with `--json` (with `data` when there is a
 * result all the same), else message, hint and next commands on stderr.
 */
export async function renderError(
  host: Host,
  error: HelixError,
  rendering: Rendering,
  data?: unknown,
): Promise<void> {
  if (rendering.json) host.stdout.write(`${JSON.stringify(await errorEnvelope(error, data))}\n`)
  else host.stderr.write(errorText(host, await shown(error), rendering))
  if (!rendering.verbose) return
  const { causesOf } = await import('./causes.ts')
  host.stderr.write(`${causesOf(error)}\n`)
}

/** A failure as JSON programs see it, without secrets. */
export async function errorEnvelope(error: HelixError, data?: unknown): Promise<Record<string, unknown>> {
  const { code, message, hint, next, details } = await shown(error)
  return {
    ok: false,
    schemaVersion: SCHEMA_VERSION,
    code,
    message,
    hint: hint ?? NO_HINT,
    next,
    ...(details === undefined ? {} : { details }),
    ...(data === undefined ? {} : { data }),
  }
}

// The rules are read only once something failed.
async function shown(error: HelixError): Promise<ShownFailure> {
  const { shownFailure } = await import('../src/audit/shown-failure.ts')
  return shownFailure(error)
}

function errorText(host: Host, { message, hint, next }: ShownFailure, rendering: Rendering): string {
  const colour = createColour(rendering.colour && wantsColour(host.stderr.isTTY === true, host.environment))
  const lines = [
    `${colour.red('✖')} ${safeText(message).replaceAll('\n', '\n  ')}`,
    `  ${safeText(hint ?? NO_HINT)}`,
    ...next
      .filter((command) => !hint?.includes(command))
      .map((command) => colour.dim(`  → ${safeText(command)}`)),
  ]
  return `${lines.join('\n')}\n`
}
