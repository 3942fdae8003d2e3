import { HelixError } from '../errors.ts'
import { retryAfter } from './retry.ts'

/** What a gateway says when maintenance holds a request back. */
export interface HeldBack {
  message: string
  /** RFC 3339; null where it ends by hand. */
  until: string | null
  readOnly: boolean
  /** After which time to ask again, in ms; the gateway's word, but never longer than half a minute. */
  retryAfterMs: number
}

const RETRY_AFTER_MS = 15_000

/** Reads maintenance out of a failure; undefined for any other. */
export function heldBack(error: unknown): HeldBack | undefined {
  if (!(error instanceof HelixError) || error.code !== 'maintenance') return undefined
  const { until, readOnly } = error.details ?? {}
  return {
    message: error.message,
    until: typeof until === 'string' ? until : null,
    readOnly: readOnly === true,
    retryAfterMs: retryAfter(error) ?? RETRY_AFTER_MS,
  }
}
