import type { UsageKind, UsageSum, Usages } from '../contract/usage.ts'

type DayRow = Usages['days'][number]
type ModelRow = Usages['models'][number]

const NOTHING: UsageSum = {
  calls: 0,
  inputTokens: 0,
  cacheCreationInputTokens: 0,
  cacheReadInputTokens: 0,
  outputTokens: 0,
  costNanoUsd: 0,
  unpricedCalls: 0,
  cacheSavingsNanoUsd: 0,
}
const NAMES = Object.keys(NOTHING) as (keyof UsageSum)[]

/** All rows as one sum. */
function sumOf(rows: readonly UsageSum[]): UsageSum {
  const sum = { ...NOTHING }
  for (const row of rows) for (const name of NAMES) sum[name] += row[name]
  return sum
}

/** One sum a kind, also of what did not occur. */
export function totalsOf(rows: readonly (UsageSum & { kind: UsageKind })[]): Usages['totals'] {
  const of = (kind: UsageKind) => sumOf(rows.filter((row) => row.kind === kind))
  return { measured: of('measured'), estimated: of('estimated'), simulated: of('simulated') }
}

/** Rows of the same model and kind as one, dearest first. */
export function byModel(rows: readonly ModelRow[]): ModelRow[] {
  return grouped(rows, ({ model, kind }) => `${kind} ${model}`)
    .map(([first, all]) => ({ model: first.model, kind: first.kind, ...sumOf(all) }))
    .sort((one, other) => other.costNanoUsd - one.costNanoUsd || one.model.localeCompare(other.model))
}

/** Rows of the same day, model and kind as one, in the order they come. */
export function byDay(rows: readonly DayRow[]): DayRow[] {
  return grouped(rows, ({ date, model, kind }) => `${date} ${kind} ${model}`).map(([first, all]) => ({
    date: first.date,
    model: first.model,
    kind: first.kind,
    ...sumOf(all),
  }))
}

function grouped<T>(rows: readonly T[], keyOf: (row: T) => string): [first: T, all: T[]][] {
  const groups = new Map<string, [T, T[]]>()
  for (const row of rows) {
    const group = groups.get(keyOf(row))
    if (group) group[1].push(row)
    else groups.set(keyOf(row), [row, [row]])
  }
  return [...groups.values()]
}
