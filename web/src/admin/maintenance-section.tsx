import type { MaintenanceState } from '../../../src/contract/maintenance.ts'
import { useApp, useText } from '../app.ts'
import { useFormat } from '../format/use-format.ts'
import { Banner } from '../ui/banner.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { CopyLine } from '../ui/copy-line.tsx'
import { useAct } from '../ui/use-act.ts'
import { useLoad } from '../ui/use-load.ts'
import css from './admin.module.css'
import { Failed } from './failed.tsx'
import { MaintenanceForm } from './maintenance-form.tsx'
import { Part } from './part.tsx'

/** The switch that holds everyone back, and the way past it. */
export function MaintenanceSection() {
  const { client } = useApp()
  const { admin } = useText()
  const text = admin.maintenance
  const state = useLoad(() => client.admin.maintenance(), [])
  const onChanged = (now: MaintenanceState) => state.put(() => now)
  return (
    <Part title={admin.sections.maintenance} about={text.about} loaded={state}>
      {(now) => (
        <>
          {now.active ? (
            <InForce state={now} onChanged={onChanged} />
          ) : (
            <Banner kind="good">{text.off}</Banner>
          )}
          <section class={css.group}>
            {/* What is in force is what the form begins with. */}
            <MaintenanceForm key={now.revision ?? 'off'} state={now} onChanged={onChanged} />
          </section>
        </>
      )}
    </Part>
  )
}

interface InForceProps {
  state: MaintenanceState
  onChanged: (state: MaintenanceState) => void
}

function InForce({ state, onChanged }: InForceProps) {
  const { client, toasts } = useApp()
  const { maintenance: text } = useText().admin
  const format = useFormat()
  const end = useAct(async () => {
    onChanged(await client.admin.setMaintenance({ active: false }))
    toasts.say(text.ended)
  })
  return (
    <>
      <Banner
        kind="warning"
        action={
          <Button busy={end.busy} onClick={() => void end.run()}>
            {text.end}
          </Button>
        }
      >
        <strong>{text.on(format.ago(state.since ?? new Date()))}</strong> {state.message}
        <div class={css.note}>
          {[
            state.until ? text.until(format.moment(state.until), format.ago(state.until)) : text.open,
            ...(state.readOnly ? [text.readOnly] : []),
          ].join(' ')}
        </div>
      </Banner>
      <Failed error={end.error} said={{ lock_held: text.locked }} />
      {state.bypass && <Bypass bypass={state.bypass} />}
    </>
  )
}

function Bypass({ bypass }: { bypass: NonNullable<MaintenanceState['bypass']> }) {
  const { maintenance: text } = useText().admin
  const words = { copy: text.copy, copied: text.copied }
  return (
    <section class={css.group}>
      <h3>{text.bypass}</h3>
      <p class={css.about}>{text.bypassBody}</p>
      <div class={css.form}>
        <CopyLine label={text.bypassLink} value={bypass.link} words={words} />
        <CopyLine label={text.bypassToken} value={bypass.token} words={words} />
        <div class={css.actions}>
          <ButtonLink href={bypass.link}>{text.pass}</ButtonLink>
        </div>
      </div>
    </section>
  )
}
