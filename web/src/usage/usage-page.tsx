import { useState } from 'preact/hooks'
import type { Usages } from '../../../src/contract/usage.ts'
import { useApp, useText } from '../app.ts'
import { useFormat } from '../format/use-format.ts'
import { Frame } from '../frame/frame.tsx'
import { SectionNav } from '../frame/section-nav.tsx'
import { failureText } from '../text/failure.ts'
import { ButtonLink } from '../ui/button.tsx'
import { Segments } from '../ui/segments.tsx'
import { useLoad } from '../ui/use-load.ts'
import { Waiting } from '../ui/waiting.tsx'
import { Budget } from './budget.tsx'
import type { Measure } from './by-model.ts'
import { ModelTable } from './model-table.tsx'
import { dayOf, daysUpTo } from './period.ts'
import { Totals } from './totals.tsx'
import css from './usage.module.css'
import { UsageChart } from './usage-chart.tsx'

const PERIODS = ['7', '30', '90'] as const
type Period = (typeof PERIODS)[number]
/** The longest period, which holds the month too: one request answers for all. */
const ALL_DAYS = 90

/** What the person used and what it cost: today, this month, day by day. */
export function UsagePage() {
  const { client } = useApp()
  const { usage: text, common, failures } = useText()
  const usages = useLoad(() => {
    const to = dayOf(Date.now())
    return client.account.usage({ from: daysUpTo(to, ALL_DAYS)[0] ?? to, to })
  }, [])
  return (
    <Frame
      title={text.title}
      sidebar={
        <SectionNav
          label={text.pages}
          sections={[
            { path: '/usage', name: common.nav.usage },
            { path: '/settings', name: common.nav.settings },
            { path: '/status', name: common.nav.status },
          ]}
          current="/usage"
          place="sidebar"
        />
      }
    >
      <div class={css.page}>
        <Waiting loaded={usages} labels={common} failed={failureText(usages.error, failures)} />
        {usages.value && (isEmpty(usages.value) ? <Empty /> : <Shown usages={usages.value} />)}
      </div>
    </Frame>
  )
}

function Shown({ usages }: { usages: Usages }) {
  const { usage: text } = useText()
  const format = useFormat()
  const [period, setPeriod] = useState<Period>('30')
  const owesNothing = usages.totals.measured.calls + usages.totals.estimated.calls === 0
  const [measure, setMeasure] = useState<Measure>(owesNothing ? 'tokens' : 'cost')
  const days = daysUpTo(usages.to, Number(period))
  const props = { usages, days, format, period: text.periods[period] }
  return (
    <>
      <Totals {...props} />
      <Budget budget={usages.budget} endsAt={usages.today.endsAt} format={format} />
      <div class={css.tools}>
        <Segments
          legend={text.period}
          name="period"
          value={period}
          options={PERIODS.map((value) => ({ value, label: text.periods[value] }))}
          onChoose={setPeriod}
        />
        <Segments
          legend={text.measure}
          name="measure"
          value={measure}
          options={(['cost', 'tokens'] as const).map((value) => ({ value, label: text.measures[value] }))}
          onChoose={setMeasure}
        />
      </div>
      <UsageChart {...props} measure={measure} />
      <ModelTable {...props} />
    </>
  )
}

function Empty() {
  const { empty } = useText().usage
  return (
    <div class={css.empty}>
      <h2>{empty.title}</h2>
      <p>{empty.body}</p>
      <ButtonLink kind="primary" href="/">
        {empty.go}
      </ButtonLink>
    </div>
  )
}

function isEmpty({ totals, today }: Usages): boolean {
  return today.messages === 0 && Object.values(totals).every(({ calls }) => calls === 0)
}
