import type { AuditEntry } from './entry.ts'
import type { Finding } from './finding.ts'
import { closedIntent, isIntent } from './kinds.ts'

/** Follows intents through one log at a time; a log that continues another closes what was open there. */
export class IntentCheck {
  #open = new Map<number, { kind: string; at: string }>()
  #log: string | undefined

  /** Takes the next entry of the chain. */
  push({ log, seq, kind, at, data }: AuditEntry): void {
    if (log !== this.#log) {
      this.#open = new Map()
      this.#log = log
    }
    const closed = closedIntent(data)
    if (closed !== undefined) this.#open.delete(closed)
    if (isIntent(kind)) this.#open.set(seq, { kind, at })
  }

  /** Intents still open that were announced `graceMs` or longer before `now`, first ones first, at most 100. */
  end(now: Date, graceMs: number): Finding[] {
    return [...this.#open]
      .filter(([, { at }]) => now.getTime() - Date.parse(at) >= graceMs)
      .slice(0, 100)
      .map(([seq, { kind, at }]) => ({
        kind: 'open_intent',
        log: this.#log ?? '',
        seq,
        message: `Entry ${seq} announced ${kind} at ${at} and no entry says how it ended`,
      }))
  }
}
