import type { Usages } from '../../../src/contract/usage.ts'
import { useText } from '../app.ts'
import type { Format } from '../format/format.ts'
import { totalFrom, type UsageDay } from './period.ts'
import css from './usage.module.css'

interface ModelTableProps {
  usages: Usages
  days: readonly string[]
  format: Format
}

const TOKENS = ['inputTokens', 'cacheCreationInputTokens', 'cacheReadInputTokens', 'outputTokens'] as const

/** What each model came to in the period, what was counted apart from what was estimated or simulated. */
export function ModelTable({ usages, days, format }: ModelTableProps) {
  const { models: text, kinds } = useText().usage
  const from = days[0] ?? usages.from
  const rows = rowsOf(usages.days.filter(({ date }) => date >= from))
  const unpriced = totalFrom(usages.days, from, 'measured').unpricedCalls
  const has = (kind: UsageDay['kind']) => rows.some((row) => row.kind === kind)
  if (rows.length === 0) return null
  return (
    <section class={css.models}>
      <h2>{text.title}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <section class={css.scroll} tabIndex={0} aria-label={text.title}>
        <table>
          <thead>
            <tr>
              <th scope="col">{text.model}</th>
              {[text.calls, text.input, text.written, text.read, text.output, text.cost, text.saved].map(
                (name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.kind} ${row.model}`}>
                <th scope="row">
                  {row.model}
                  {row.kind !== 'measured' && <small>{kinds[row.kind]}</small>}
                </th>
                <td>{format.count(row.calls)}</td>
                {TOKENS.map((name) => (
                  <td key={name}>{format.count(row[name])}</td>
                ))}
                <td>{row.kind === 'simulated' ? '–' : format.money(row.costNanoUsd)}</td>
                <td>{row.kind === 'simulated' ? '–' : format.money(row.cacheSavingsNanoUsd)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p class={css.note}>
        {[
          text.note,
          ...(has('estimated') ? [text.estimated] : []),
          ...(has('simulated') ? [text.simulated] : []),
          ...(unpriced > 0 ? [text.unpriced(format.count(unpriced))] : []),
        ].join(' ')}
      </p>
    </section>
  )
}

type ModelRow = Omit<UsageDay, 'date'>

/** One row a model and kind, dearest first. */
function rowsOf(days: readonly UsageDay[]): ModelRow[] {
  const rows = new Map<string, ModelRow>()
  for (const { date: _, ...day } of days) {
    const key = `${day.kind} ${day.model}`
    const known = rows.get(key)
    rows.set(key, known ? added(known, day) : day)
  }
  return [...rows.values()].sort(
    (one, other) => other.costNanoUsd - one.costNanoUsd || other.outputTokens - one.outputTokens,
  )
}

function added(one: ModelRow, other: ModelRow): ModelRow {
  const sum = { ...one }
  for (const name of [...TOKENS, 'calls', 'costNanoUsd', 'cacheSavingsNanoUsd', 'unpricedCalls'] as const)
    sum[name] += other[name]
  return sum
}
