import type { ComponentChildren } from 'preact'
import { Banner } from './banner.tsx'
import { Button } from './button.tsx'
import { Spinner } from './spinner.tsx'
import type { Loaded } from './use-load.ts'
import css from './waiting.module.css'

interface WaitingProps {
  loaded: Pick<Loaded<unknown>, 'value' | 'error' | 'again'>
  labels: { loading: string; retry: string }
  /** Why it could not be read. */
  failed: ComponentChildren
}

/** What stands in the place of something that is not there yet, or could not be read; nothing once it is there. */
export function Waiting({ loaded, labels, failed }: WaitingProps) {
  if (loaded.value !== undefined) return null
  if (loaded.error === undefined)
    return (
      <div class={css.waiting}>
        <Spinner label={labels.loading} />
      </div>
    )
  return (
    <div class={css.failed}>
      <Banner kind="bad" action={<Button onClick={loaded.again}>{labels.retry}</Button>}>
        {failed}
      </Banner>
    </div>
  )
}
