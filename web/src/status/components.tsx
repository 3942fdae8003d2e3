import type { PublicStatus } from '../../../src/contract/status.ts'
import { useFormat } from '../format/use-format.ts'
import { useText } from '../text/use-text.ts'
import { dayTone, uptimeOf } from './overall.ts'
import css from './status.module.css'

type Component = PublicStatus['components'][number]

interface ComponentsProps {
  components: readonly Component[]
  /** Whether this is still so. */
  known: boolean
  /** Whether the gateway is known to be away. */
  gone: boolean
}

/** Each part: how it is, and how it was on each of the last 90 days. */
export function Components({ components, known, gone }: ComponentsProps) {
  const { components: text } = useText().status
  return (
    <section class={css.part} aria-labelledby="parts">
      <h2 id="parts">{text.title}</h2>
      <ul class={css.components}>
        {components.map((component) => (
          <Part
            key={component.name}
            component={component}
            status={known ? component.status : unknownNow(component, gone)}
          />
        ))}
      </ul>
    </section>
  )
}

/** What can be said of a part while nobody can ask: what is not set up most likely still is not. */
function unknownNow({ name, status }: Component, gone: boolean): Component['status'] {
  if (status === 'off') return 'off'
  return gone && name === 'gateway' ? 'down' : 'unknown'
}

function Part({ component, status }: { component: Component; status: Component['status'] }) {
  const { status: text } = useText()
  const { name, about } = text.components[component.name]
  return (
    <li>
      <div class={css.line}>
        <h3>
          {name} <small>{about}</small>
        </h3>
        <span class={css.state} data-state={status}>
          <span class={css.dot} aria-hidden="true" />
          {text.states[status]}
        </span>
      </div>
      {component.status !== 'off' && <Bars name={name} days={component.days} />}
    </li>
  )
}

/** A bar a day; each says itself what it stands for. */
function Bars({ name, days }: { name: string; days: Component['days'] }) {
  const { bars: text } = useText().status
  const format = useFormat()
  const uptime = uptimeOf(days)
  return (
    <>
      <ol class={css.bars} aria-label={text.label(name)}>
        {days.map((day) => {
          const said = text.day(
            format.day(day.date),
            day.uptime === null ? text.unseen : format.percent(day.uptime),
          )
          return (
            <li key={day.date} title={said} data-tone={dayTone(day.uptime)}>
              <span class="hidden-text">{said}</span>
            </li>
          )
        })}
      </ol>
      <div class={css.scale}>
        <span class={css.wide}>{text.from}</span>
        <span class={css.narrow}>{text.fromShort}</span>
        <span>
          {uptime === null
            ? text.unseen
            : text.uptime(format.percent(uptime), days.filter((day) => day.uptime !== null).length)}
        </span>
        <span>{text.today}</span>
      </div>
    </>
  )
}
