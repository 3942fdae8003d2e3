import { useEffect, useState } from 'preact/hooks'
import type { PublicStatus } from '../../../src/contract/status.ts'
import type { WatchedStatus } from '../../../src/contract/watched-status.ts'
import { useFormat } from '../format/use-format.ts'
import { useText } from '../text/use-text.ts'
import { Banner } from '../ui/banner.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { useLoad } from '../ui/use-load.ts'
import { Away } from './away.tsx'
import { Components } from './components.tsx'
import { Incidents } from './incidents.tsx'
import { keepStatus, keptStatus } from './kept.ts'
import { overallOf } from './overall.ts'
import { Overall } from './overall-line.tsx'
import css from './status.module.css'
import { newestOf } from './watched.ts'

const EVERY_MS = 30_000

interface StatusViewProps {
  /** Asks the gateway itself. */
  ask: (signal: AbortSignal) => Promise<PublicStatus>
  /** What was last seen of the gateway from elsewhere, for when it does not answer; null where that is not known. */
  watched?: (signal: AbortSignal) => Promise<WatchedStatus | null>
  /** Where Helix itself is opened; undefined where nobody knows. */
  home: string | undefined
}

/** How Helix is and was, for everyone: also without a sign-in, and also while Helix itself is away. */
export function StatusView({ ask, watched = nobody, home }: StatusViewProps) {
  const { status: text, common } = useText()
  useEffect(() => {
    document.title = `${text.title} · ${common.brand}`
  }, [text, common])
  const { away, shown, elsewhere, again, loading } = useStatus(ask, watched)
  const waiting = away ? elsewhere === undefined : !shown
  return (
    <div class={css.page}>
      <Top home={home} />
      <main id="content">
        {waiting && (
          <div class={css.waiting}>
            <Spinner label={common.loading} />
          </div>
        )}
        {away && !waiting && (
          <Away knownAt={shown?.updatedAt} watched={elsewhere ?? null} onRetry={again} busy={loading} />
        )}
        {shown && !away && <Overall overall={overallOf(shown)} />}
        {shown && !waiting && <Picture status={shown} away={away} gone={Boolean(elsewhere?.awaySince)} />}
      </main>
    </div>
  )
}

const nobody = async () => null

/** The picture, as new as it can be had, and what others saw where the gateway does not answer. */
function useStatus(ask: StatusViewProps['ask'], watched: NonNullable<StatusViewProps['watched']>) {
  const loaded = useLoad(
    async (signal) => {
      const fresh = await ask(signal)
      keepStatus(localStorage, fresh)
      return fresh
    },
    [],
    { everyMs: EVERY_MS },
  )
  const [kept] = useState(() => keptStatus(localStorage))
  const away = loaded.error !== undefined
  const { value: elsewhere } = useLoad(async (signal) => (away ? watched(signal) : undefined), [away], {
    everyMs: EVERY_MS,
  })
  const shown = away ? newestOf(loaded.value, elsewhere?.status, kept) : loaded.value
  return { away, shown, elsewhere, again: loaded.again, loading: loaded.loading }
}

function Top({ home }: Pick<StatusViewProps, 'home'>) {
  const { status: text, common } = useText()
  if (home === undefined)
    return (
      <header class={css.top}>
        <span class={css.brand}>{common.brand}</span>
        <span>{text.title}</span>
      </header>
    )
  return (
    <header class={css.top}>
      <a class={css.brand} href={home}>
        {common.brand}
      </a>
      <span>{text.title}</span>
      <ButtonLink kind="quiet" href={home}>
        {text.open}
      </ButtonLink>
    </header>
  )
}

/** @param gone whether the gateway is known to be away, rather than just out of reach from here */
function Picture({ status, away, gone }: { status: PublicStatus; away: boolean; gone: boolean }) {
  const { status: text } = useText()
  return (
    <>
      {status.maintenance && <Maintenance notice={status.maintenance} />}
      {status.simulated && !away && <p class={css.note}>{text.simulated}</p>}
      <Components components={status.components} known={!away} gone={gone} />
      <Incidents incidents={status.incidents} />
      <Foot updatedAt={status.updatedAt} release={status.release} />
    </>
  )
}

function Maintenance({ notice }: { notice: { message: string; until: string | null } }) {
  const { maintenance: text } = useText().status
  const format = useFormat()
  return (
    <div class={css.maintenance}>
      <Banner kind="warning">
        <strong>{text.title}.</strong> {notice.message}{' '}
        {notice.until && text.until(format.moment(notice.until))}
      </Banner>
    </div>
  )
}

function Foot({ updatedAt, release }: { updatedAt: string; release: string }) {
  const { status: text } = useText()
  const format = useFormat()
  return (
    <footer class={css.foot}>
      <time dateTime={updatedAt} title={format.moment(updatedAt)}>
        {text.updated(format.ago(updatedAt))}
      </time>
      <span>{text.release(release)}</span>
    </footer>
  )
}
