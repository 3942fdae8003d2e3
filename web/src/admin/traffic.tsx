import { useMemo, useState } from 'preact/hooks'
import type { Series as Traffics } from '../../../src/contract/admin/overview.ts'
import { useApp, useText } from '../app.ts'
import type { Format } from '../format/format.ts'
import { useFormat } from '../format/use-format.ts'
import type { Catalog } from '../text/en.ts'
import { Chart } from '../ui/chart/chart.tsx'
import { latest, type Values } from '../ui/chart/stack.ts'
import { Segments } from '../ui/segments.tsx'
import { useLoad } from '../ui/use-load.ts'
import css from './admin.module.css'
import { chartsOf, type TrafficChart } from './traffic-charts.ts'

const RANGES = ['60', '360', '1440', '10080'] as const
type Range = (typeof RANGES)[number]
const EVERY_MS = 5_000

/** The traffic of all gateways over the last minutes to days. */
export function Traffic() {
  const { client } = useApp()
  const { traffic: text } = useText().admin
  const format = useFormat()
  const [range, setRange] = useState<Range>('60')
  const series = useLoad((signal) => client.admin.series(Number(range), signal), [range], {
    everyMs: EVERY_MS,
  })
  const charts = useMemo(() => chartsOf(series.value ?? NOTHING, text, format), [series.value, text, format])
  const at = useMemo(
    () => (series.value ?? NOTHING).points.map((point) => Date.parse(point.at)),
    [series.value],
  )
  const writeX = useMemo(() => writersOf(format, Number(range)), [format, range])
  return (
    <section class={css.group}>
      <div class={css.head}>
        <Segments
          legend={text.range}
          name="range"
          value={range}
          options={RANGES.map((value) => ({ value, label: text.ranges[value] }))}
          onChoose={setRange}
        />
      </div>
      <div class={css.charts}>
        {charts.map((chart) => (
          <Chart
            key={chart.title}
            kind="lines"
            title={chart.title}
            summary={summaryOf(chart, text, text.ranges[range])}
            series={chart.series}
            writeY={chart.writeY}
            whole={chart.whole ?? false}
            least={chart.least}
            at={at}
            writeX={writeX}
            group="traffic"
            words={text}
          />
        ))}
      </div>
    </section>
  )
}

const NOTHING: Traffics = { step: 1, points: [] }

/** Over more than a day the axis tells days. */
function writersOf(format: Format, minutes: number) {
  return {
    short: (at: number) => (minutes > 1440 ? format.shortDay(localDay(at)) : format.time(new Date(at))),
    full: (at: number) => format.moment(new Date(at)),
  }
}

/** The day of a moment where the reader is. */
function localDay(at: number): string {
  const moved = at - new Date(at).getTimezoneOffset() * 60_000
  return new Date(moved).toISOString().slice(0, 10)
}

function summaryOf(chart: TrafficChart, text: Catalog['admin']['traffic'], range: string): string {
  const all = chart.series.flatMap(({ values }): Values => values)
  const most = Math.max(...all.map((value) => value ?? 0), 0)
  const last = latest(chart.series[0]?.values ?? [])
  const write = chart.writeY.full
  return text.summary(chart.title, range, last === null ? text.nothing : write(last), write(most))
}
