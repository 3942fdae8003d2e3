import { type ComponentHistory, type ComponentName, STATUS_DAYS } from '../contract/status.ts'
import type { Database, Row } from '../db/database.ts'
import { dayOf } from '../money/period.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

interface DayRow extends Row {
  day: string
  component: ComponentName
  good: number
  bad: number
  uncounted: number
  since: Date
}

type Days = ComponentHistory['days']

/** How the parts were, by day, as far as it was looked at. */
export async function readUptime(db: Database, now: Date): Promise<Map<ComponentName, Days>> {
  const rows = await db.query<DayRow>(DAYS)
  const [first] = await db.query<{ minute: Date | null }>(
    'select min(since) as minute from public.uptime_days',
  )
  return new Map(
    [...Map.groupBy(rows, ({ component }) => component)].map(([component, days]) => [
      component,
      history(days, first?.minute ?? now, now),
    ]),
  )
}

const DAYS = `
  select to_char(day, 'YYYY-MM-DD') as day, component, good, bad, uncounted, since
  from public.uptime_days where day > (now() at time zone 'utc')::date - ${STATUS_DAYS}`

/** The last days up to today, all of them unknown where nobody looked. */
export function history(rows: readonly DayRow[], first: Date, now: Date): Days {
  const byDay = new Map(rows.map((row) => [row.day, row]))
  const today = Date.parse(dayOf(now))
  return Array.from({ length: STATUS_DAYS }, (_, place) => {
    const start = today - (STATUS_DAYS - 1 - place) * DAY_MS
    const date = dayOf(new Date(start))
    return { date, uptime: uptimeOf(byDay.get(date), wholeMinutes(start, first, now)) }
  })
}

/** Minutes of a day that are over, from the first one anybody ever looked at. */
function wholeMinutes(start: number, first: Date, now: Date): number {
  const from = Math.max(start, Math.floor(first.getTime() / MINUTE_MS) * MINUTE_MS)
  const to = Math.min(start + DAY_MS, Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS)
  return Math.max(0, (to - from) / MINUTE_MS)
}

/** A minute in which no gateway looked is one in which there was none. */
function uptimeOf(row: DayRow | undefined, minutes: number): number | null {
  const { good, bad, uncounted } = row ?? { good: 0, bad: 0, uncounted: 0 }
  const missing = Math.max(0, minutes - good - bad - uncounted)
  // Of what was not set up whenever somebody looked, nobody can say that it was away.
  if (uncounted > 0 && good + bad === 0) return null
  const all = good + bad + missing
  return all === 0 ? null : Math.round((good / all) * 1e6) / 1e6
}
