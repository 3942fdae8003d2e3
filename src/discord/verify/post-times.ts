import type { AuditEntry } from '../../audit/entry.ts'
import type { Finding } from '../../audit/finding.ts'
import { findingAt } from './place-finding.ts'
import type { PostMessage } from './posted.ts'

/** By how much two clocks may differ, and a post may linger, in ms. */
const CLOCKS_MS = 120_000

/** Holds what entries say of their time to Discord's own clock. */
export class PostTimes {
  #message: PostMessage | undefined
  /** When Discord had the last post that held all there was: what follows was made later. */
  #completeAt = 0
  #latestMs = 0

  /** How long Discord got an entry after it was made, at most, in ms. */
  get latestMs(): number {
    return this.#latestMs
  }

  /** Takes the next entry of a channel, with the message it came in first. */
  check(entry: AuditEntry, message: PostMessage): Finding | undefined {
    if (this.#message?.id !== message.id) {
      if (this.#message?.whole) this.#completeAt = this.#message.at
      this.#message = message
    }
    const madeAt = Date.parse(entry.at)
    this.#latestMs = Math.max(this.#latestMs, message.at - madeAt)
    const says = `says it was made at ${entry.at}, yet`
    if (madeAt > message.at + CLOCKS_MS)
      return findingAt('reordered', entry, `${says} Discord had it at ${asText(message.at)}`)
    if (madeAt >= this.#completeAt - CLOCKS_MS) return undefined
    const what = `${says} was not there when Discord got all there was, at ${asText(this.#completeAt)}`
    return findingAt('reordered', entry, what)
  }
}

function asText(ms: number): string {
  return new Date(ms).toISOString()
}
