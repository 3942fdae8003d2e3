import { useId, useMemo, useRef, useState } from 'preact/hooks'
import styles from './chart.module.css'
import type { Drawing } from './draw.ts'
import { Plot } from './plot.tsx'
import { latest, sum, type Values } from './stack.ts'
import { ChartTable } from './table.tsx'

/** One thing that is shown over all places; in the order of the colours. */
interface Series {
  label: string
  values: Values
}

export interface ChartProps {
  title: string
  /** What the picture says, in a sentence: for who does not see it. */
  summary: string
  /** Bars stand on each other; lines run along time. */
  kind: Drawing['kind']
  /** Where each value stands, in ms since 1970, in order. */
  at: readonly number[]
  series: readonly Series[]
  /** How a place is written on the axis, where it is short, and in full. */
  writeX: { short: (at: number) => string; full: (at: number) => string }
  /** How a value is written on the axis, where it is short, and in full. */
  writeY: { short: (value: number) => string; full: (value: number) => string }
  whole?: boolean
  /** How far the axis of values goes at least; 1 unless told. */
  least?: number
  /** Charts of one group point at the same place. */
  group?: string
  words: { table: string; when: string; total: string; latest: string }
}

const TONES = [styles.tone1, styles.tone2, styles.tone3, styles.tone4, styles.tone5, styles.tone6]

/** A chart: its values where the pointer is (else their sum, or the latest), the picture, and the same as a table. */
export function Chart(props: ChartProps) {
  const { title, summary, kind, at, series, writeX, writeY, whole = false, least = 1, group, words } = props
  const [place, setPlace] = useState<number | null>(null)
  const swatches = useRef<(HTMLElement | null)[]>([])
  const id = useId()
  const drawing = useMemo<Drawing>(
    () => ({
      kind,
      at,
      series: series.map(({ values }) => values),
      writeX: writeX.short,
      writeY: writeY.short,
      whole,
      least,
    }),
    [kind, at, series, writeX, writeY, whole, least],
  )
  const pointed = place === null ? undefined : at[place]
  const shown = (values: Values) => {
    const value =
      pointed === undefined ? (kind === 'bars' ? sum(values) : latest(values)) : values[place ?? 0]
    return value === null || value === undefined ? '–' : writeY.full(value)
  }
  const rest = kind === 'bars' ? words.total : words.latest
  return (
    <figure class={styles.chart} aria-labelledby={id}>
      <figcaption class={styles.caption}>
        <span class={styles.title} id={id}>
          {title}
        </span>
        <span class={styles.where}>{pointed === undefined ? rest : writeX.full(pointed)}</span>
        <ul class={styles.legend}>
          {series.map(({ label, values }, index) => (
            <li key={label}>
              <span
                ref={(element) => {
                  swatches.current[index] = element
                }}
                class={`${styles.swatch} ${TONES[index % TONES.length]}`}
              />
              <span class={styles.label}>{label}</span>
              <b>{shown(values)}</b>
            </li>
          ))}
        </ul>
      </figcaption>
      <Plot drawing={drawing} label={summary} group={group} swatches={swatches} onPoint={setPlace} />
      <ChartTable {...{ title, at, series, words }} writeX={writeX.full} writeY={writeY.full} />
    </figure>
  )
}
