import type { Incident } from '../../../src/contract/incidents.ts'
import type { Format } from '../format/format.ts'
import { useFormat } from '../format/use-format.ts'
import { useText } from '../text/use-text.ts'
import css from './status.module.css'

/** What went wrong, the open ones first, with all that was said of it. */
export function Incidents({ incidents }: { incidents: readonly Incident[] }) {
  const { incidents: text } = useText().status
  const format = useFormat()
  const [open, past] = [true, false].map((wanted) =>
    incidents.filter(({ resolvedAt }) => (resolvedAt === null) === wanted),
  ) as [Incident[], Incident[]]
  return (
    <section class={css.part} aria-labelledby="incidents">
      <h2 id="incidents">{text.title}</h2>
      {incidents.length === 0 && <p class={css.note}>{text.none}</p>}
      <IncidentList incidents={open} format={format} />
      {past.length > 0 && open.length > 0 && <h3 class={css.past}>{text.past}</h3>}
      <IncidentList incidents={past} format={format} />
    </section>
  )
}

function IncidentList({ incidents, format }: { incidents: readonly Incident[]; format: Format }) {
  return (
    <>
      {incidents.map((incident) => (
        <IncidentStory key={incident.id} incident={incident} format={format} />
      ))}
    </>
  )
}

function IncidentStory({ incident, format }: { incident: Incident; format: Format }) {
  const { incidents: text } = useText().status
  const end = incident.resolvedAt === null ? Date.now() : Date.parse(incident.resolvedAt)
  const lasted = format.duration(Math.max(0, end - Date.parse(incident.startedAt)))
  return (
    <article class={css.incident} data-open={incident.resolvedAt === null || undefined}>
      <h3>{incident.title}</h3>
      <p class={css.note}>
        {[
          text.severities[incident.severity],
          format.moment(incident.startedAt),
          incident.resolvedAt === null ? text.ongoing(lasted) : text.lasted(lasted),
        ].join(' · ')}
      </p>
      <ol class={css.updates}>
        {incident.updates.map((update) => (
          <li key={update.at}>
            <p class={css.update}>
              <strong>{text.states[update.status]}</strong>{' '}
              <time dateTime={update.at}>{format.moment(update.at)}</time>
            </p>
            <p class={css.message}>{update.message}</p>
          </li>
        ))}
      </ol>
    </article>
  )
}
