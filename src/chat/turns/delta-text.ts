const HIGH_SURROGATE_AT_END = /[\uD800-\uDBFF]$/

/**
 * Cleans the deltas of one reply for storage: no U+0000 (PostgreSQL text cannot hold it) and no half characters.
 * A surrogate pair split over two deltas comes out whole, with the second.
 */
export function createDeltaText() {
  let held = ''
  return {
    /** The text to show and store for this delta; may be empty while half a character is held back. */
    next(delta: string): string {
      const text = (held + delta).replaceAll('\0', '')
      held = HIGH_SURROGATE_AT_END.test(text) ? text.slice(-1) : ''
      return (held ? text.slice(0, -1) : text).toWellFormed()
    },
  }
}
