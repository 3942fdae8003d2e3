import { useMemo } from 'preact/hooks'
import type { Usages } from '../../../src/contract/usage.ts'
import { useText } from '../app.ts'
import type { Format } from '../format/format.ts'
import type { Catalog } from '../text/en.ts'
import { Chart } from '../ui/chart/chart.tsx'
import { linesByModel, type Measure, type ModelLine } from './by-model.ts'
import css from './usage.module.css'

interface UsageChartProps {
  usages: Usages
  days: readonly string[]
  period: string
  measure: Measure
  format: Format
}

/** A bar a day, stacked by model. */
export function UsageChart({ usages, days, period, measure, format }: UsageChartProps) {
  const { usage: text } = useText()
  const lines = useMemo(() => linesByModel(usages.days, days, measure), [usages, days.length, measure])
  const at = useMemo(() => days.map((day) => Date.parse(day)), [usages, days.length])
  const series = useMemo(
    () => lines.map((line) => ({ label: labelOf(line, text), values: line.values })),
    [lines, text],
  )
  const writeX = useMemo(() => writersOfDays(format), [format])
  const writeY = useMemo(
    () =>
      measure === 'cost'
        ? { short: format.money, full: format.money }
        : { short: format.compact, full: format.count },
    [format, measure],
  )
  if (lines.length === 0) return <p class={css.nothing}>{text.chart.nothing}</p>
  return (
    <div class={css.chart}>
      <Chart
        title={text.chart[measure]}
        summary={summaryOf(lines, days, { text, measure, period, write: writeY.full, day: format.day })}
        kind="bars"
        least={measure === 'cost' ? 1_000_000 : 1}
        {...{ at, series, writeX, writeY }}
        words={text.chart}
      />
      <p class={css.note}>{text.utc}</p>
    </div>
  )
}

function writersOfDays(format: Format) {
  const day = (at: number) => new Date(at).toISOString().slice(0, 10)
  return { short: (at: number) => format.shortDay(day(at)), full: (at: number) => format.day(day(at)) }
}

function labelOf({ model, kind }: ModelLine, text: Catalog['usage']): string {
  if (model === '') return text.chart.others
  return kind === 'measured' ? model : `${model}, ${text.kinds[kind]}`
}

interface Told {
  text: Catalog['usage']
  measure: Measure
  period: string
  write: (value: number) => string
  day: (day: string) => string
}

function summaryOf(
  lines: readonly ModelLine[],
  days: readonly string[],
  { text, measure, period, write, day }: Told,
): string {
  const heights = days.map((_, place) => lines.reduce((all, { values }) => all + (values[place] ?? 0), 0))
  const peak = Math.max(...heights)
  const total = heights.reduce((all, height) => all + height, 0)
  const peakDay = day(days[heights.indexOf(peak)] ?? '')
  return text.chart.summary(text.chart[measure], period, write(total), write(peak), peakDay)
}
