import { useEffect, useState } from 'preact/hooks'
import { useApp, useText } from '../app.ts'
import { useFormat } from '../format/use-format.ts'
import { Banner } from '../ui/banner.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { useLoad } from '../ui/use-load.ts'
import { Components } from './components.tsx'
import { Incidents } from './incidents.tsx'
import { keepStatus, keptStatus } from './kept.ts'
import { overallOf } from './overall.ts'
import css from './status.module.css'

const EVERY_MS = 30_000

/** How Helix is and was, for everyone: also without a sign-in, and also while Helix itself is away. */
export function StatusPage() {
  const { client } = useApp()
  const { status: text, common } = useText()
  const loaded = useLoad(
    async (signal) => {
      const fresh = await client.status(signal)
      keepStatus(localStorage, fresh)
      return fresh
    },
    [],
    { everyMs: EVERY_MS },
  )
  useEffect(() => {
    document.title = `${text.title} · ${common.brand}`
  }, [text, common])
  const [kept] = useState(() => keptStatus(localStorage))
  const away = loaded.error !== undefined
  const shown = loaded.value ?? (away ? kept : undefined)
  return (
    <div class={css.page}>
      <header class={css.top}>
        <a class={css.brand} href="/">
          {common.brand}
        </a>
        <span>{text.title}</span>
        <ButtonLink kind="quiet" href="/">
          {text.open}
        </ButtonLink>
      </header>
      <main id="content">
        {!shown && !away && (
          <div class={css.waiting}>
            <Spinner label={common.loading} />
          </div>
        )}
        {away && <Away knownAt={shown?.updatedAt} onRetry={loaded.again} busy={loaded.loading} />}
        {shown && !away && <Overall overall={overallOf(shown)} />}
        {shown?.maintenance && <Maintenance notice={shown.maintenance} />}
        {shown?.simulated && !away && <p class={css.note}>{text.simulated}</p>}
        {shown && (
          <>
            <Components components={shown.components} known={!away} />
            <Incidents incidents={shown.incidents} />
            <Foot updatedAt={shown.updatedAt} release={shown.release} />
          </>
        )}
      </main>
    </div>
  )
}

function Overall({ overall }: { overall: ReturnType<typeof overallOf> }) {
  const { status: text } = useText()
  return (
    <h1 class={css.overall} data-overall={overall}>
      <span class={css.dot} aria-hidden="true" />
      {text.overall[overall]}
    </h1>
  )
}

function Away({
  knownAt,
  onRetry,
  busy,
}: {
  knownAt: string | undefined
  onRetry: () => void
  busy: boolean
}) {
  const { status: text, common } = useText()
  const format = useFormat()
  return (
    <section class={css.away} role="status">
      <h1 class={css.overall} data-overall="unknown">
        <span class={css.dot} aria-hidden="true" />
        {text.overall.unknown}
      </h1>
      <p>{navigator.onLine ? text.away.body : text.away.offline}</p>
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
