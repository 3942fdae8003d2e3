import type { AdminUsage } from '../../../src/contract/admin/reports.ts'
import { useText } from '../app.ts'
import type { Format } from '../format/format.ts'
import css from './admin.module.css'
import { Scrolling } from './scrolling.tsx'

type Row = AdminUsage['totals'][number] & { name: string }

interface CostTableProps {
  label: string
  /** What a row stands for. */
  head: string
  rows: readonly Row[]
  format: Format
}

/** What each row used and cost; what was counted is never added to what was not. */
export function CostTable({ label, head, rows, format }: CostTableProps) {
  const { cost: text } = useText().admin
  if (rows.length === 0) return <p class={css.note}>{text.nothing}</p>
  return (
    <Scrolling label={label}>
      <table class={css.table}>
        <thead>
          <tr>
            <th scope="col">{head}</th>
            <th scope="col">{text.kind}</th>
            {[text.calls, text.input, text.cached, text.output, text.cost].map((name) => (
              <th key={name} scope="col" class={css.end}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.name} ${row.kind}`}>
              <th scope="row">{row.name}</th>
              <td>{text.kinds[row.kind]}</td>
              <td class={css.end}>{format.count(row.calls)}</td>
              <td class={css.end}>{format.count(row.inputTokens + row.cacheCreationInputTokens)}</td>
              <td class={css.end}>{format.count(row.cacheReadInputTokens)}</td>
              <td class={css.end}>{format.count(row.outputTokens)}</td>
              <td class={css.end}>{row.kind === 'simulated' ? '–' : format.money(row.costNanoUsd)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  )
}
