import type { LogRecord } from './record.ts'

/** One place where lines of a log are kept. */
export interface LogSource {
  /** As it stands before its lines: a machine, a file. */
  readonly name: string
  /**
   * What is there, oldest first; it ends, at the latest with `signal`. Lines before `since` may come, too.
   * @throws HelixError `host_unreachable`, `host_failed`, `not_found`
   */
  read(since: Date | undefined, signal: AbortSignal): AsyncIterable<LogRecord>
  /** What comes from now on, and a little of what was written since then; it ends with `signal`, or with the place. */
  follow(since: Date, signal: AbortSignal): AsyncIterable<LogRecord>
}
