import { useState } from 'preact/hooks'
import { useApp, useText } from '../app.ts'
import { useFormat } from '../format/use-format.ts'
import type { OwnFactor, OwnFacts } from '../signin/own-account.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useAct } from '../ui/use-act.ts'
import { FactorSetUp } from './factor-set-up.tsx'
import { Failed } from './failed.tsx'
import css from './settings.module.css'

/** Codes of an authenticator, beside the password: which there are, one more, one less. */
export function FactorPart({ own, onChanged }: { own: OwnFacts; onChanged: () => void }) {
  const { factor: text } = useText().settings
  const format = useFormat()
  const [settingUp, setSettingUp] = useState(false)
  const [leaving, setLeaving] = useState<OwnFactor>()
  const on = own.factors.length > 0
  return (
    <section class={css.part}>
      <h3>{text.title}</h3>
      <p class={css.intro}>{on ? text.on : text.off}</p>
      {on && (
        <ul class={css.list}>
          {own.factors.map((factor) => (
            <li key={factor.id}>
              <span class={css.name}>
                {text.added(factor.name || text.unnamed, format.ago(factor.createdAt))}
              </span>
              <Button kind="danger" onClick={() => setLeaving(factor)}>
                {text.remove}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div class={css.stack}>
        <div>
          <Button icon="shield" onClick={() => setSettingUp(true)}>
            {on ? text.another : text.setUp}
          </Button>
        </div>
        {on && (
          <div>
            <h4>{text.lostTitle}</h4>
            <p class={css.about}>
              {text.lostOwner} {text.lostAsk}
            </p>
          </div>
        )}
      </div>
      {settingUp && <FactorSetUp first={!on} onClose={() => setSettingUp(false)} onDone={onChanged} />}
      {leaving && <RemoveFactor factor={leaving} onClose={() => setLeaving(undefined)} onDone={onChanged} />}
    </section>
  )
}

function RemoveFactor({
  factor,
  onClose,
  onDone,
}: {
  factor: OwnFactor
  onClose: () => void
  onDone: () => void
}) {
  const { session, toasts } = useApp()
  const { settings, common } = useText()
  const text = settings.factor
  const remove = useAct(async () => {
    await session.own.removeFactor(factor.id)
    toasts.say(text.removed)
    onClose()
    onDone()
  })
  return (
    <Dialog
      title={text.removeTitle}
      closeLabel={common.close}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button kind="danger" busy={remove.busy} onClick={() => void remove.run()}>
            {text.remove}
          </Button>
        </>
      }
    >
      <p>{text.removeBody}</p>
      <Failed error={remove.error} />
    </Dialog>
  )
}
