import type { AdminOverview } from '../../../src/contract/admin/overview.ts'
import { useApp, useText } from '../app.ts'
import type { Format } from '../format/format.ts'
import { useFormat } from '../format/use-format.ts'
import { codeOf, failureText } from '../text/failure.ts'
import { useLoad } from '../ui/use-load.ts'
import { Waiting } from '../ui/waiting.tsx'
import css from './admin.module.css'
import { Freshness } from './freshness.tsx'
import { Gateways } from './gateways.tsx'
import { nowReadings, standingReadings, todayReadings } from './overview-readings.ts'
import { Readings } from './readings.tsx'
import { Traffic } from './traffic.tsx'

const EVERY_MS = 5_000

/** How everything stands, live while the page can be seen. */
export function OverviewSection() {
  const { client } = useApp()
  const { admin, common, failures } = useText()
  const format = useFormat()
  const overview = useLoad((signal) => client.admin.overview(signal), [], { everyMs: EVERY_MS })
  const { value } = overview
  const failed =
    codeOf(overview.error) === 'maintenance' ? admin.maintenanceNow : failureText(overview.error, failures)
  return (
    <>
      <Waiting loaded={overview} labels={common} failed={failed} />
      {value && (
        <>
          <div class={css.head}>
            <HealthLine overview={value} format={format} />
            <Freshness loaded={overview} />
          </div>
          <Readings label={admin.now.title} readings={nowReadings(value, admin, format)} />
        </>
      )}
      <Traffic />
      {value && (
        <>
          <section class={css.group}>
            <h3>{admin.today.title}</h3>
            <Readings label={admin.today.title} readings={todayReadings(value, admin, format)} />
          </section>
          <section class={css.group}>
            <h3>{admin.standing.title}</h3>
            <Readings label={admin.standing.title} readings={standingReadings(value, admin, format)} />
          </section>
          <Gateways gateways={value.gateways} format={format} />
        </>
      )}
    </>
  )
}

function HealthLine({ overview, format }: { overview: AdminOverview; format: Format }) {
  const { health: text } = useText().admin
  const { status, release, mode, simulated, uptimeSeconds, checks } = overview.health
  return (
    <div class={css.health}>
      <h2 data-state={status}>
        <span class={css.dot} aria-hidden="true" />
        {text.states[status]}
      </h2>
      <ul class={css.checks}>
        {Object.entries(checks).map(([name, state]) => (
          <li key={name} data-state={state}>
            <span class={css.dot} aria-hidden="true" />
            <span>
              {text.checkNames[name] ?? name} {text.checks[state]}
            </span>
          </li>
        ))}
      </ul>
      <span class={css.note}>
        {text.facts(release, mode, format.duration(uptimeSeconds * 1000))}
        {simulated && ` · ${text.simulated}`}
      </span>
    </div>
  )
}
