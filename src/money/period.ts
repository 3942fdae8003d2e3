import { MOST_DAYS, USUAL_DAYS, type UsageQuery } from '../contract/usage.ts'
import { HelixError } from '../errors.ts'

const DAY_MS = 86_400_000
/** Before it nobody used anything, and what follows is a date to PostgreSQL too. */
const EARLIEST = '2000-01-01'

/** Days (UTC) from `from` to `to`, both included, as `2026-11-25`. */
export interface Period {
  from: string
  to: string
}

/** The day (UTC) of a moment. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10)
}

/** The moment a day (UTC) ends. */
export function endOfDay(day: string): Date {
  return new Date(Date.parse(day) + DAY_MS)
}

/**
 * The period asked for, filled in: up to today, 30 days.
 * @throws HelixError `request_invalid` when it is reversed, longer than 400 days, or before 2000
 */
export function periodOf({ from, to }: UsageQuery, now: Date): Period {
  const last = to ?? dayOf(now)
  if (last < EARLIEST) throw refused(`to: ${last} is before ${EARLIEST}`)
  const first = from ?? dayOf(new Date(Date.parse(last) - (USUAL_DAYS - 1) * DAY_MS))
  if (first < EARLIEST && from !== undefined) throw refused(`from: ${first} is before ${EARLIEST}`)
  const days = (Date.parse(last) - Date.parse(first)) / DAY_MS + 1
  if (days < 1) throw refused(`from: ${first} is after ${last}`)
  if (days > MOST_DAYS) throw refused(`from: ${first} to ${last} is ${days} days`)
  return { from: first, to: last }
}

function refused(message: string): HelixError {
  return new HelixError('request_invalid', message, {
    hint: `Ask for a period of at most ${MOST_DAYS} days, from the first to the last.`,
  })
}
