import { useState } from 'preact/hooks'
import styles from './chart.module.css'
import type { ChartProps } from './chart.tsx'

interface TableProps extends Pick<ChartProps, 'title' | 'at' | 'series' | 'words'> {
  writeX: (at: number) => string
  writeY: (value: number) => string
}

/** The same values as rows, latest first; made only once somebody opens it. */
export function ChartTable({ title, at, series, words, writeX, writeY }: TableProps) {
  const [open, setOpen] = useState(false)
  return (
    <details class={styles.table} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.table}</summary>
      {open && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
        <section class={styles.scroll} tabIndex={0} aria-label={title}>
          <table>
            <thead>
              <tr>
                <th scope="col">{words.when}</th>
                {series.map(({ label }) => (
                  <th key={label} scope="col">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {at
                .map((moment, place) => (
                  <Row key={moment} {...{ place, series, writeY }} when={writeX(moment)} />
                ))
                .reverse()}
            </tbody>
          </table>
        </section>
      )}
    </details>
  )
}

function Row({
  place,
  when,
  series,
  writeY,
}: { place: number; when: string } & Pick<TableProps, 'series' | 'writeY'>) {
  return (
    <tr>
      <th scope="row">{when}</th>
      {series.map(({ label, values }) => {
        const value = values[place] ?? null
        return <td key={label}>{value === null ? '–' : writeY(value)}</td>
      })}
    </tr>
  )
}
