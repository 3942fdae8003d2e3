import { humanText } from '../../src/log/human.ts'
import type { LogRecord } from '../../src/logs/record.ts'
import type { Colour } from '../../src/ui/colour.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import type { Context } from '../context.ts'

const PAINTS = ['cyan', 'green', 'yellow', 'bold'] as const

/** Prints lines as they come: text with the machine before it where there are several, or JSON objects. */
export function linePrinter(
  { json, emit, stdout, colour }: Pick<Context, 'json' | 'emit' | 'stdout' | 'colour'>,
  hosts: readonly string[],
): (record: LogRecord) => Promise<void> {
  const width = Math.max(...hosts.map((host) => host.length))
  const before = (host: string) => {
    const paint = PAINTS[hosts.indexOf(host) % PAINTS.length] ?? 'dim'
    return hosts.length > 1 ? `${colour[paint](safeText(host).padEnd(width))} ` : ''
  }
  return async (record) => {
    if (json) return emit(record)
    if (!stdout.write(`${before(record.host)}${textOf(record, colour)}\n`)) await drained(stdout)
  }
}

/** Where the line comes from stands before it, and which release wrote it is seldom the question. */
function textOf({ host: _, release: __, event, ...line }: LogRecord, colour: Colour): string {
  return humanText({ ...line, event: event === 'text' ? '' : event }, colour)
}

function drained(stdout: Context['stdout']): Promise<void> {
  return new Promise((resolve) => {
    stdout.once('drain', resolve)
    stdout.once('close', resolve)
  })
}
