import type { Series as Traffics } from '../../../src/contract/admin/overview.ts'
import type { Format } from '../format/format.ts'
import type { Catalog } from '../text/en.ts'
import type { ChartProps } from '../ui/chart/chart.tsx'

/** What one chart of the traffic shows. */
export type TrafficChart = Pick<ChartProps, 'title' | 'series' | 'writeY'> & {
  least: number
  whole?: boolean
}

const MINUTES_OF_AN_HOUR = 60

/** The charts of the traffic, each with its series; counts become rates, so that a longer step looks the same. */
export function chartsOf(
  { step, points }: Traffics,
  text: Catalog['admin']['traffic'],
  format: Format,
): TrafficChart[] {
  type Point = (typeof points)[number]
  const line = (label: string, pick: (point: Point) => number | null) => ({ label, values: points.map(pick) })
  const both = (write: (value: number) => string) => ({ short: write, full: write })
  const counts = { short: format.compact, full: (value: number) => format.count(Math.round(value * 10) / 10) }
  const { series } = text
  return [
    {
      title: text.requests,
      series: [line(series.requests, ({ requests }) => requests / step)],
      least: 10,
      writeY: counts,
    },
    {
      title: text.errors,
      series: [line(series.errors, ({ requests, errors }) => (requests === 0 ? null : errors / requests))],
      least: 0.01,
      writeY: both(format.percent),
    },
    {
      title: text.response,
      series: [
        line(series.p50, ({ responseMs }) => responseMs.p50),
        line(series.p95, ({ responseMs }) => responseMs.p95),
        line(series.p99, ({ responseMs }) => responseMs.p99),
      ],
      least: 100,
      writeY: both(format.duration),
    },
    {
      title: text.ttft,
      series: [line(series.p50, ({ ttftMs }) => ttftMs.p50), line(series.p95, ({ ttftMs }) => ttftMs.p95)],
      least: 100,
      writeY: both(format.duration),
    },
    {
      title: text.cost,
      series: [line(series.cost, ({ costNanoUsd }) => (costNanoUsd / step) * MINUTES_OF_AN_HOUR)],
      least: 10_000_000,
      writeY: both(format.money),
    },
    {
      title: text.streams,
      series: [line(series.streams, ({ openStreams }) => openStreams)],
      least: 4,
      writeY: counts,
      whole: true,
    },
  ]
}
