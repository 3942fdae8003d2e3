import type { AdminOverview } from '../../../src/contract/admin/overview.ts'
import { useText } from '../app.ts'
import type { Format } from '../format/format.ts'
import css from './admin.module.css'
import { Scrolling } from './scrolling.tsx'

/** The gateways that share the database, each as it was last heard from. */
export function Gateways({ gateways, format }: { gateways: AdminOverview['gateways']; format: Format }) {
  const { gateways: text } = useText().admin
  return (
    <section class={css.group}>
      <h3>{text.title}</h3>
      <Scrolling label={text.title}>
        <table class={css.table}>
          <thead>
            <tr>
              <th scope="col">{text.instance}</th>
              <th scope="col">{text.release}</th>
              <th scope="col">{text.up}</th>
              <th scope="col">{text.heard}</th>
              <th scope="col" class={css.end}>
                {text.streams}
              </th>
              <th scope="col" class={css.end}>
                {text.memory}
              </th>
            </tr>
          </thead>
          <tbody>
            {gateways.map((one) => (
              <tr key={one.instance}>
                <th scope="row" class={css.mono}>
                  {one.instance.slice(0, 8)}
                </th>
                <td>{one.release}</td>
                <td>{format.duration(Math.max(0, Date.now() - Date.parse(one.startedAt)))}</td>
                <td>{format.ago(one.heardAt)}</td>
                <td class={css.end}>{format.count(one.openStreams)}</td>
                <td class={css.end}>{format.bytes(one.memoryBytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolling>
    </section>
  )
}
