import type { WatchedStatus } from '../../../src/contract/watched-status.ts'
import { useFormat } from '../format/use-format.ts'
import { useText } from '../text/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Overall } from './overall-line.tsx'
import css from './status.module.css'
import { answeredLately } from './watched.ts'

interface AwayProps {
  /** Of when the picture is that is shown below. */
  knownAt: string | undefined
  watched: WatchedStatus | null
  onRetry: () => void
  busy: boolean
}

/** That the gateway does not answer: since when, as far as somebody else saw it, and what is shown instead. */
export function Away({ knownAt, watched, onRetry, busy }: AwayProps) {
  const { status: text, common } = useText()
  const format = useFormat()
  const gone = navigator.onLine && watched?.awaySince
  return (
    <section class={css.away} role="status">
      <Overall overall={gone ? 'unreachable' : 'unknown'} />
      <Reason watched={watched} />
      {knownAt && <p>{text.away.known(format.ago(knownAt))}</p>}
      <p class={css.note}>{text.away.waiting}</p>
      <div>
        <Button icon="refresh" busy={busy} onClick={onRetry}>
          {common.retry}
        </Button>
      </div>
    </section>
  )
}

function Reason({ watched }: Pick<AwayProps, 'watched'>) {
  const { away: text } = useText().status
  const format = useFormat()
  if (!navigator.onLine) return <p>{text.offline}</p>
  if (watched?.awaySince)
    return (
      <>
        <p>{text.since(format.moment(watched.awaySince), format.ago(watched.awaySince))}</p>
        <p>{text.looked(format.ago(watched.lookedAt))}</p>
      </>
    )
  if (watched && answeredLately(watched)) return <p>{text.elsewhere(format.ago(watched.lookedAt))}</p>
  return <p>{text.body}</p>
}
