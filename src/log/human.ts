import type { Colour } from '../ui/colour.ts'
import { safeText } from '../ui/safe-text.ts'

interface Line {
  level: string
  at: string
  event: string
  [name: string]: unknown
}

/** One line of the log as a person reads it on a terminal: `12:03:55 POST /api/chat/message 200 in 1.2 s`. */
export function humanLine(json: string, colour: Colour): string {
  return `${humanText(JSON.parse(json) as Line, colour)}\n`
}

/** The same of a line that was read, without the line break; nothing in it can control the terminal. */
export function humanText(line: Line, colour: Colour): string {
  const paint = PAINTS[line.level] ?? 'dim'
  return `${colour.dim(timeOf(line.at))} ${colour[paint](safeText(told(line)))}`
}

const PAINTS: Readonly<Record<string, 'yellow' | 'red' | 'dim'>> = { warn: 'yellow', error: 'red' }

function timeOf(at: string): string {
  return new Date(at).toTimeString().slice(0, 8)
}

function told(line: Line): string {
  if (line.event === 'request') return request(line)
  const { level: _, at: __, event, message, causes, ...rest } = line
  const facts = Object.entries(rest).map(([name, value]) => `${name}=${plain(value)}`)
  const head = [event, ...(message === undefined ? [] : [plain(message)]), ...facts].join(' ')
  return Array.isArray(causes) ? [head, ...causes.map((cause) => `  ${plain(cause)}`)].join('\n') : head
}

function request({ method, route, status, durationMs, firstByteMs, ended }: Line): string {
  const stream = firstByteMs === undefined ? '' : `, first byte after ${duration(firstByteMs)}`
  const cut = ended === 'cut' ? ', cut' : ''
  return `${method} ${route} ${status} in ${duration(durationMs)}${stream}${cut}`
}

function duration(ms: unknown): string {
  const value = Number(ms)
  return value < 1_000 ? `${value.toFixed(value < 10 ? 1 : 0)} ms` : `${(value / 1_000).toFixed(1)} s`
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
