import { sanitize } from '../audit/sanitize.ts'
import { hideMail } from '../log/hide-mail.ts'
import type { LogLevel } from '../log/logger.ts'

/** One line of a gateway's log, without secrets, and where it was written. */
export interface LogRecord {
  /** The machine or file it comes from. */
  host: string
  /** RFC 3339, UTC, ms. */
  at: string
  level: LogLevel
  /** `text` for what is no line of the log: what Node itself says, such as how it crashed. */
  event: string
  [name: string]: unknown
}

/** A line as it was found: its text, and when whoever kept it says that it was written. */
export interface FoundLine {
  text: string
  at?: Date | undefined
  release?: string | undefined
}

const LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error']

/** Where nothing came for so long, in ms, what comes then was written then. */
const QUIET_MS = 1_000

/**
 * Reads the lines of one place, one after the other. One of which nobody says when it was written has the time of the
 * line before it; where it comes as it is written, `live`, and none came just before, that of its coming.
 */
export function recordReader(host: string, live = false): (line: FoundLine) => LogRecord | undefined {
  let before: string | undefined
  let heard = performance.now()
  return (line) => {
    const now = performance.now()
    if (live && now - heard >= QUIET_MS) before = later(before, new Date().toISOString())
    heard = now
    const record = readRecord(line, host, before)
    before = record?.at ?? before
    return record
  }
}

/** The clock of a machine may be ahead. */
function later(one: string | undefined, other: string): string {
  return one !== undefined && one > other ? one : other
}

/**
 * Reads a line, whatever it is; nothing of it is trusted. Undefined for an empty one.
 * @param otherwise when it was written where nobody says so
 */
export function readRecord(
  { text, at, release }: FoundLine,
  host: string,
  otherwise = new Date(0).toISOString(),
): LogRecord | undefined {
  const bare = text.trim()
  if (bare === '') return undefined
  const line = parse(bare)
  const kept = at && !Number.isNaN(at.getTime()) ? at.toISOString() : otherwise
  const named = release === undefined ? {} : { release }
  if (!line) return { host, at: kept, level: 'error', event: 'text', ...named, message: clean(bare) }
  const { at: written, level, event, ...facts } = line
  return {
    host,
    at: isMoment(written) ? new Date(written).toISOString() : kept,
    level: LEVELS.includes(String(level)) ? (level as LogLevel) : 'info',
    event: String(event).slice(0, 100),
    ...named,
    ...facts,
  }
}

/** The object of a line of the log, cleaned; a gateway cleans its own, but anything may stand in a file. */
function parse(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    const line = sanitize(JSON.parse(text))
    const isLine = typeof line === 'object' && line !== null && !Array.isArray(line)
    if (!isLine || typeof line.event !== 'string') return undefined
    return JSON.parse(hideMail(JSON.stringify(line))) as Record<string, unknown>
  } catch {
    return undefined
  }
}

function clean(text: string): string {
  return hideMail(String(sanitize(text)))
}

function isMoment(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value))
}
