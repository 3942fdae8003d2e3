import { useState } from 'preact/hooks'
import { useApp } from '../app.ts'
import { Banner } from '../ui/banner.tsx'
import { Button } from '../ui/button.tsx'
import css from './banners.module.css'
import { tellTime } from './tell-time.ts'

/** What stands in the way between this page and the gateway, with what is known of it; nothing while all is well. */
export function SyncBanners() {
  return (
    <div class={css.banners}>
      <ConnectionBanner />
      <KeepingBanner />
    </div>
  )
}

function ConnectionBanner() {
  const { connection, outbox, text } = useApp()
  const { sync } = text.value
  const state = connection.state.value
  if (state === 'online') return null
  const waiting = outbox.waiting.value.length
  return (
    <Banner
      kind={state === 'offline' ? 'info' : 'warning'}
      action={<CheckButton label={sync.checkNow} check={connection.check} />}
    >
      {typeof state === 'string' ? sync[state] : state.maintenance.message || sync.maintenance}{' '}
      {typeof state !== 'string' &&
        state.maintenance.until !== null &&
        `${sync.until(tellTime(state.maintenance.until, text.language.value))} `}
      {waiting > 0 && sync.waiting(waiting)}
    </Banner>
  )
}

function CheckButton({ label, check }: { label: string; check: () => Promise<void> }) {
  const [busy, setBusy] = useState(false)
  return (
    <Button
      kind="quiet"
      busy={busy}
      onClick={() => {
        setBusy(true)
        void check().finally(() => setBusy(false))
      }}
    >
      {label}
    </Button>
  )
}

function KeepingBanner() {
  const { store, text } = useApp()
  const [closed, setClosed] = useState(false)
  const { common, sync } = text.value
  const keeping = store.keeping.value
  if (keeping === 'kept' || closed) return null
  return (
    <Banner
      kind="warning"
      action={
        <Button kind="quiet" onClick={() => setClosed(true)}>
          {common.close}
        </Button>
      }
    >
      {sync.notKept[keeping]}
    </Banner>
  )
}
