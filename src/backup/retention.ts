import type { ListedBackup } from './list.ts'

/** For how many days, weeks and months one backup each is kept, counted from the newest. */
export interface Retention {
  days: number
  weeks: number
  months: number
}

export interface RetentionPlan {
  keep: { id: string; why: string }[]
  remove: string[]
}

/** Younger ones are all kept: a safety backup must outlive the day on which it is needed. */
const ALL_WITHIN_MS = 24 * 3_600_000

/**
 * Which backups stay: all of the last day, the newest of each of the last days, weeks and months that have one, the newest
 * of all, and the last that was proved. A damaged one neither stays for another nor goes: somebody has to look at it.
 * @param provedAt when each was proved to be restorable, by id
 */
export function planRetention(
  backups: readonly ListedBackup[],
  provedAt: ReadonlyMap<string, string>,
  { days, weeks, months }: Retention,
  now: Date,
): RetentionPlan {
  const whole = backups
    .flatMap(({ id, manifest, damage }) =>
      manifest && damage === undefined ? [{ id, at: new Date(manifest.at) }] : [],
    )
    .toSorted((a, b) => b.at.getTime() - a.at.getTime())
  const why = new Map<string, string>()
  const keep = (id: string | undefined, reason: string) => {
    if (id !== undefined && !why.has(id)) why.set(id, reason)
  }
  keep(whole[0]?.id, 'the newest')
  const proved = [...provedAt].toSorted(([, a], [, b]) => b.localeCompare(a))
  keep(proved.find(([id]) => whole.some((each) => each.id === id))?.[0], 'the last proved')
  for (const { id, at } of whole)
    if (now.getTime() - at.getTime() < ALL_WITHIN_MS) keep(id, 'of the last day')
  for (const id of newestOfEach(whole, dayOf, days)) keep(id, 'of its day')
  for (const id of newestOfEach(whole, weekOf, weeks)) keep(id, 'of its week')
  for (const id of newestOfEach(whole, monthOf, months)) keep(id, 'of its month')
  return {
    keep: whole.flatMap(({ id }) => (why.has(id) ? [{ id, why: why.get(id) ?? '' }] : [])),
    remove: whole.flatMap(({ id }) => (why.has(id) ? [] : [id])),
  }
}

interface Dated {
  id: string
  at: Date
}

/** The newest of each of the last `count` periods that have any; `newestFirst` decides which those are. */
function newestOfEach(
  newestFirst: readonly Dated[],
  periodOf: (at: Date) => string,
  count: number,
): string[] {
  const newest = new Map<string, string>()
  for (const { id, at } of newestFirst) {
    const period = periodOf(at)
    if (!newest.has(period) && newest.size < count) newest.set(period, id)
  }
  return [...newest.values()]
}

const dayOf = (at: Date) => at.toISOString().slice(0, 10)
const monthOf = (at: Date) => at.toISOString().slice(0, 7)

/** The Monday its week began with. */
function weekOf(at: Date): string {
  const monday = new Date(at)
  monday.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7))
  return dayOf(monday)
}
