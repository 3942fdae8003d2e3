import { useMemo, useState } from 'preact/hooks'
import type { AdminUsage } from '../../../src/contract/admin/reports.ts'
import { useApp, useText } from '../app.ts'
import type { Format } from '../format/format.ts'
import { useFormat } from '../format/use-format.ts'
import { Chart } from '../ui/chart/chart.tsx'
import { sum } from '../ui/chart/stack.ts'
import { Segments } from '../ui/segments.tsx'
import { useLoad } from '../ui/use-load.ts'
import { dayOf, daysUpTo } from '../usage/period.ts'
import css from './admin.module.css'
import { CostTable } from './cost-table.tsx'
import { Part } from './part.tsx'

const PERIODS = ['7', '30', '90'] as const
type Period = (typeof PERIODS)[number]

/** What everyone used: by day, by model, by person. */
export function CostSection() {
  const { client } = useApp()
  const { admin } = useText()
  const text = admin.cost
  const format = useFormat()
  const [period, setPeriod] = useState<Period>('30')
  const usage = useLoad(() => {
    const to = dayOf(Date.now())
    return client.admin.usage({ from: daysUpTo(to, Number(period))[0] ?? to, to })
  }, [period])
  return (
    <Part
      title={admin.sections.cost}
      loaded={usage}
      tools={
        <Segments
          legend={text.period}
          name="period"
          value={period}
          options={PERIODS.map((value) => ({ value, label: text.periods[value] }))}
          onChoose={setPeriod}
        />
      }
    >
      {(value) => (
        <>
          <CostChart usage={value} period={text.periods[period]} format={format} />
          <section class={css.group}>
            <h3>{text.models}</h3>
            <CostTable
              label={text.models}
              head={text.model}
              format={format}
              rows={value.models.map((row) => ({ ...row, name: row.model }))}
            />
          </section>
          <section class={css.group}>
            <h3>{text.people}</h3>
            <CostTable
              label={text.people}
              head={text.person}
              format={format}
              rows={value.users.map((row) => ({
                ...row,
                name: row.email ?? row.userId?.slice(0, 8) ?? text.gone,
              }))}
            />
          </section>
        </>
      )}
    </Part>
  )
}

interface CostChartProps {
  usage: AdminUsage
  period: string
  format: Format
}

/** A bar a day; what Claude counted stands apart from what was estimated. What is simulated costs nothing. */
function CostChart({ usage, period, format }: CostChartProps) {
  const { cost: text } = useText().admin
  const days = useMemo(() => daysBetween(usage.from, usage.to), [usage])
  const at = useMemo(() => days.map((day) => Date.parse(day)), [days])
  const series = useMemo(
    () =>
      (['measured', 'estimated'] as const).map((kind) => {
        const costs = new Map(
          usage.days.filter((day) => day.kind === kind).map((day) => [day.date, day.costNanoUsd]),
        )
        return { label: text.kinds[kind], values: days.map((day) => costs.get(day) ?? 0) }
      }),
    [usage, days, text],
  )
  const writeX = useMemo(() => {
    const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
    return { short: (ms: number) => format.shortDay(day(ms)), full: (ms: number) => format.day(day(ms)) }
  }, [format])
  const writeY = useMemo(() => ({ short: format.money, full: format.money }), [format])
  const total = series.reduce((all, { values }) => all + sum(values), 0)
  if (total === 0) return <p class={css.empty}>{text.nothing}</p>
  return (
    <div class={`${css.charts} ${css.tall}`}>
      <Chart
        title={text.chart}
        summary={text.summary(period, format.money(total))}
        kind="bars"
        least={10_000_000}
        {...{ at, series, writeX, writeY }}
        words={{ ...text, latest: text.total }}
      />
    </div>
  )
}

function daysBetween(from: string, to: string): string[] {
  const count = Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1
  return daysUpTo(to, count)
}
