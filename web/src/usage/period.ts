import type { Usages } from '../../../src/contract/usage.ts'

/** A row of the ledger by day and model, as the gateway sums it up. */
export type UsageDay = Usages['days'][number]

const DAY_MS = 86_400_000

/** The days (UTC) up to `last`, oldest first, as `2026-11-25`. */
export function daysUpTo(last: string, count: number): string[] {
  const end = Date.parse(last)
  return Array.from({ length: count }, (_, place) => dayOf(end - (count - 1 - place) * DAY_MS))
}

/** The first day of the month of a day. */
export function monthOf(day: string): string {
  return `${day.slice(0, 7)}-01`
}

/** The day (UTC) of a moment in ms. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** What rows come to from a day on, of one kind. */
export function totalFrom(days: readonly UsageDay[], from: string, kind: UsageDay['kind']) {
  const rows = days.filter((day) => day.date >= from && day.kind === kind)
  const sum = (pick: (day: UsageDay) => number) => rows.reduce((all, day) => all + pick(day), 0)
  return {
    calls: sum((day) => day.calls),
    tokens: sum(tokensOf),
    costNanoUsd: sum((day) => day.costNanoUsd),
    savedNanoUsd: sum((day) => day.cacheSavingsNanoUsd),
    unpricedCalls: sum((day) => day.unpricedCalls),
  }
}

/** All tokens of a row, read and written. */
export function tokensOf(day: Omit<UsageDay, 'date' | 'model' | 'kind' | 'calls'>): number {
  return day.inputTokens + day.cacheCreationInputTokens + day.cacheReadInputTokens + day.outputTokens
}
