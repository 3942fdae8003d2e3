/** How much of a value is kept. What is left out is counted where it stood. */
export interface Limits {
  depth: number
  /** Items of a list, members of an object. */
  width: number
  /** Values in all. */
  values: number
  /** UTF-16 units of one text. */
  text: number
  /** UTF-16 units of all texts together. */
  texts: number
  /** Whether a text may have several lines. */
  lines: boolean
}

/** What an entry of the chain may carry. */
export const ENTRY_LIMITS: Limits = {
  depth: 6,
  width: 64,
  values: 1_000,
  text: 1_000,
  texts: 65_536,
  lines: false,
}
