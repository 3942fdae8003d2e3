import { useState } from 'preact/hooks'
import { useApp, useText } from '../app.ts'
import type { Enrolment } from '../signin/own-account.ts'
import { codeOf } from '../text/failure.ts'
import { Button } from '../ui/button.tsx'
import { CopyLine } from '../ui/copy-line.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { QrCode } from '../ui/qr-code.tsx'
import { useAct } from '../ui/use-act.ts'
import { Failed } from './failed.tsx'
import css from './settings.module.css'

interface SetUpProps {
  /** Whether there is none yet, so that a name says little. */
  first: boolean
  onClose: () => void
  onDone: () => void
}

/** Takes an authenticator in: a name, then the secret as a picture and as text, then a code that proves it. */
export function FactorSetUp({ first, onClose, onDone }: SetUpProps) {
  const { session } = useApp()
  const { settings, common } = useText()
  const text = settings.factor
  const [enrolment, setEnrolment] = useState<Enrolment>()

  function leave(): void {
    // What was begun and not proved counts for nothing; it is taken away all the same.
    if (enrolment) session.own.removeFactor(enrolment.factorId).catch(() => {})
    onClose()
  }

  return (
    <Dialog title={text.title} closeLabel={common.close} onClose={leave}>
      {enrolment ? (
        <Prove
          enrolment={enrolment}
          onProved={() => {
            onClose()
            onDone()
          }}
        />
      ) : (
        <Begin first={first} onBegun={setEnrolment} />
      )}
    </Dialog>
  )
}

function Begin({ first, onBegun }: { first: boolean; onBegun: (enrolment: Enrolment) => void }) {
  const { session } = useApp()
  const { factor: text } = useText().settings
  const [name, setName] = useState(first ? text.unnamed : '')
  const begin = useAct(async () => onBegun(await session.own.enrol(name.trim() || text.unnamed)))
  const said: Record<string, string> = {
    mfa_factor_name_conflict: text.nameTaken,
    too_many_enrolled_mfa_factors: text.tooMany,
  }
  return (
    <form
      class={css.stack}
      onSubmit={(event) => {
        event.preventDefault()
        void begin.run()
      }}
    >
      <p>{text.off}</p>
      <Field
        label={text.name}
        hint={text.nameHint}
        name="factor-name"
        maxLength={50}
        value={name}
        onText={setName}
      />
      <Failed error={begin.error} text={said[codeOf(begin.error)]} />
      <div>
        <Button type="submit" kind="primary" busy={begin.busy}>
          {text.setUp}
        </Button>
      </div>
    </form>
  )
}

function Prove({ enrolment, onProved }: { enrolment: Enrolment; onProved: () => void }) {
  const { session, toasts } = useApp()
  const { factor: text } = useText().settings
  const [code, setCode] = useState('')
  const prove = useAct(async () => {
    await session.own.prove(enrolment.factorId, code.replaceAll(' ', ''))
    toasts.say(text.done)
    onProved()
  })
  const wrong = codeOf(prove.error) === 'mfa_verification_failed' ? text.wrong : undefined
  return (
    <form
      class={css.stack}
      onSubmit={(event) => {
        event.preventDefault()
        void prove.run()
      }}
    >
      <div>
        <h3>{text.scan}</h3>
        <p class={css.about}>{text.scanHint}</p>
      </div>
      <div class={css.qr}>
        <QrCode text={enrolment.uri} label={text.qr} />
      </div>
      <CopyLine
        label={text.secret}
        value={enrolment.secret}
        shown={enrolment.secret.match(/.{1,4}/g)?.join(' ') ?? ''}
        words={{ copy: text.copy, copied: text.copied }}
      />
      <Field
        label={text.code}
        name="code"
        inputMode="numeric"
        autocomplete="one-time-code"
        required
        pattern="[0-9 ]{6,7}"
        maxLength={7}
        value={code}
        onText={setCode}
      />
      <Failed error={prove.error} text={wrong} />
      <div>
        <Button type="submit" kind="primary" busy={prove.busy}>
          {text.verify}
        </Button>
      </div>
    </form>
  )
}
