import { useText } from '../app.ts'
import { useFormat } from '../format/use-format.ts'
import type { Loaded } from '../ui/use-load.ts'
import css from './admin.module.css'

/** How fresh what is shown is: live, or since when it could not be read. */
export function Freshness({ loaded }: { loaded: Pick<Loaded<unknown>, 'at' | 'error'> }) {
  const { admin } = useText()
  const format = useFormat()
  if (loaded.at === undefined) return null
  const { at, error } = loaded
  return (
    <span class={css.note} data-stale={error === undefined ? undefined : true}>
      {error === undefined ? admin.live(format.clock(at)) : admin.stale(format.ago(at))}
    </span>
  )
}
