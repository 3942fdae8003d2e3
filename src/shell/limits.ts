const MINUTE_MS = 60_000
const DAY_MS = 24 * 3_600_000

/**
 * How long a script on a machine may take, by what it does, in ms. Generous: a line that is cut is noticed within
 * seconds, and whoever sits there can always end it; this is for a machine that can be reached and hangs.
 */
export const LIMIT_MS = {
  /** All that is not named below: to look, to switch, to start something. */
  act: MINUTE_MS,
  /** To ask what runs there, which has a shorter limit of its own. */
  ask: 15_000,
  /** To bring a release or a page, over whatever line there is. */
  bring: 60 * MINUTE_MS,
  /** To install packages. */
  install: 30 * MINUTE_MS,
  /** To write or read a file of a backup, which may be large. */
  backup: DAY_MS,
} as const

/** How long what has replies to finish may take to end, where those may take so long: by then it was killed. */
export function endingLimitMs(drainMs: number): number {
  return drainMs + MINUTE_MS
}
