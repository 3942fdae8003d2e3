import { pino } from 'pino'
import { sanitize } from '../audit/sanitize.ts'
import { hideMail } from './hide-mail.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Writes lines about what this process does. Whatever is given is sanitized first: a secret never reaches a line. */
export type Logger = Readonly<Record<LogLevel, (entry: Record<string, unknown>) => void>>

interface LoggerOptions {
  /** The least important kind of line that is written. */
  level: LogLevel
  /** Takes one line, its line break included. */
  write: (line: string) => void
}

/** A log of JSON objects, one a line: `level`, `at` (RFC 3339, UTC) and what is given. */
export function createLogger({ level, write }: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"at":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  const lines = pino(options, { write: (line: string) => write(hideMail(line)) })
  const at = (wanted: LogLevel) => (entry: Record<string, unknown>) => {
    if (lines.isLevelEnabled(wanted)) lines[wanted](sanitize(entry))
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

const nothing = () => {}

/** A log that nobody reads. */
export const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }
