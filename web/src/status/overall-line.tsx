import { useText } from '../text/use-text.ts'
import type { Overall as What } from './overall.ts'
import css from './status.module.css'

/** One sentence of everything, in its colour. */
export function Overall({ overall }: { overall: What }) {
  const { status: text } = useText()
  return (
    <h1 class={css.overall} data-overall={overall}>
      <span class={css.dot} aria-hidden="true" />
      {text.overall[overall]}
    </h1>
  )
}
