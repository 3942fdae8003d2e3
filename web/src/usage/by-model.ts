import { tokensOf, type UsageDay } from './period.ts'

/** What one model came to on each day; `kind` parts what Claude counted from what was estimated. */
export interface ModelLine {
  model: string
  kind: UsageDay['kind']
  values: number[]
}

export type Measure = 'cost' | 'tokens'

/** Lines beyond these are summed up as one, since more colours tell nothing apart. */
const MOST_LINES = 6

/**
 * One line a model and kind over the days, largest first; those beyond six are one line without a model. Of `cost`,
 * what is simulated has no line: nothing is owed for it.
 */
export function linesByModel(
  rows: readonly UsageDay[],
  days: readonly string[],
  measure: Measure,
): ModelLine[] {
  const places = new Map(days.map((day, place) => [day, place]))
  const lines = new Map<string, ModelLine>()
  for (const row of rows) {
    const place = places.get(row.date)
    if (place === undefined || (measure === 'cost' && row.kind === 'simulated')) continue
    const key = `${row.kind} ${row.model}`
    const line = lines.get(key) ?? { model: row.model, kind: row.kind, values: days.map(() => 0) }
    line.values[place] = (line.values[place] ?? 0) + (measure === 'cost' ? row.costNanoUsd : tokensOf(row))
    lines.set(key, line)
  }
  return withRest([...lines.values()].sort((one, other) => total(other) - total(one)))
}

function withRest(lines: ModelLine[]): ModelLine[] {
  if (lines.length <= MOST_LINES) return lines
  const rest = lines.slice(MOST_LINES - 1)
  const values = (rest[0]?.values ?? []).map((_, place) =>
    rest.reduce((all, line) => all + (line.values[place] ?? 0), 0),
  )
  return [...lines.slice(0, MOST_LINES - 1), { model: '', kind: 'measured', values }]
}

function total({ values }: ModelLine): number {
  return values.reduce((all, value) => all + value, 0)
}
