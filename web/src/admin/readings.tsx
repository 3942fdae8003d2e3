import css from './admin.module.css'

/** One figure with its name. */
export interface Reading {
  name: string
  value: string
  note?: string | undefined
  /** Whether somebody should look at it. */
  alarm?: boolean
}

/** Figures side by side. */
export function Readings({ readings, label }: { readings: readonly Reading[]; label: string }) {
  return (
    <dl class={css.readings} aria-label={label}>
      {readings.map(({ name, value, note, alarm }) => (
        <div key={name} class={alarm ? css.alarm : undefined}>
          <dt>{name}</dt>
          <dd>
            {value}
            {note && <small>{note}</small>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
