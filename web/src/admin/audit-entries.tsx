import { useState } from 'preact/hooks'
import { useApp, useText } from '../app.ts'
import type { Format } from '../format/format.ts'
import { failureText } from '../text/failure.ts'
import { Button } from '../ui/button.tsx'
import { useLoad } from '../ui/use-load.ts'
import { Waiting } from '../ui/waiting.tsx'
import css from './admin.module.css'
import { Scrolling } from './scrolling.tsx'

const PAGE = 50

/** Entries of the log, latest first, a page at a time; `size` is the number of the last. */
export function AuditEntries({ size, format }: { size: number; format: Format }) {
  const { client } = useApp()
  const { admin, common, failures } = useText()
  const text = admin.audit
  // Undefined follows the end of the log.
  const [last, setLast] = useState<number>()
  const end = last ?? size
  const from = Math.max(1, end - PAGE + 1)
  const entries = useLoad(
    () => (end === 0 ? Promise.resolve([]) : client.admin.auditEntries(from, end - from + 1)),
    [from, end],
  )
  const columns = Object.entries(text.columns)
  return (
    <section class={css.group}>
      <div class={css.head}>
        <h3>{text.entries}</h3>
        <div class={css.actions}>
          <Button
            disabled={last === undefined}
            onClick={() => setLast(end + PAGE >= size ? undefined : end + PAGE)}
          >
            {text.newer}
          </Button>
          <Button disabled={from === 1} onClick={() => setLast(from - 1)}>
            {text.older}
          </Button>
        </div>
      </div>
      <Waiting loaded={entries} labels={common} failed={failureText(entries.error, failures)} />
      {entries.value && (
        <Scrolling label={text.entries}>
          <table class={css.table}>
            <thead>
              <tr>
                {columns.map(([name, label]) => (
                  <th key={name} scope="col">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {entries.value.toReversed().map((entry) => (
                <tr key={entry.seq}>
                  <th scope="row">{format.count(entry.seq)}</th>
                  <td>{format.moment(entry.at)}</td>
                  <td>{entry.channel}</td>
                  <td>{entry.kind}</td>
                  <td class={css.mono}>{entry.actor.slice(0, 18)}</td>
                  <td class={css.mono} title={JSON.stringify(entry.data)}>
                    <span class={css.clip}>{JSON.stringify(entry.data)}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scrolling>
      )}
    </section>
  )
}
