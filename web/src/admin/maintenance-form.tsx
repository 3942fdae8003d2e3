import { useState } from 'preact/hooks'
import type { MaintenanceChange } from '../../../src/client/admin.ts'
import type { MaintenanceState } from '../../../src/contract/maintenance.ts'
import { useApp, useText } from '../app.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { MomentField, Switch, TextArea } from '../ui/field.tsx'
import { useAct } from '../ui/use-act.ts'
import css from './admin.module.css'
import { Failed } from './failed.tsx'

interface MaintenanceFormProps {
  state: MaintenanceState
  onChanged: (state: MaintenanceState) => void
}

/** Begins maintenance, after asking once more, or changes what is in force. */
export function MaintenanceForm({ state, onChanged }: MaintenanceFormProps) {
  const { client, toasts } = useApp()
  const { admin, common } = useText()
  const text = admin.maintenance
  const [message, setMessage] = useState(state.message ?? '')
  const [ends, setEnds] = useState(state.until ? localOf(state.until) : '')
  const [readOnly, setReadOnly] = useState(state.readOnly)
  const [allow, setAllow] = useState(state.allow.join('\n'))
  const [asking, setAsking] = useState(false)
  const late = ends !== '' && !(Date.parse(ends) > Date.now())
  const set = useAct(async () => {
    const wanted: MaintenanceChange = {
      active: true,
      ...(message.trim() === '' ? {} : { message: message.trim() }),
      until: ends === '' ? null : new Date(ends).toISOString(),
      readOnly,
      allow: allow.split(/[\s,]+/).filter((one) => one !== ''),
    }
    const now = await client.admin.setMaintenance(wanted)
    toasts.say(state.active ? text.changed : text.began)
    setAsking(false)
    onChanged(now)
  })
  const failed = <Failed error={set.error} said={{ lock_held: text.locked }} />
  return (
    <form
      class={css.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (late) return
        if (state.active) void set.run()
        else setAsking(true)
      }}
    >
      <TextArea
        label={text.message}
        hint={text.messageHint}
        name="message"
        rows={2}
        maxLength={500}
        value={message}
        onText={setMessage}
      />
      <MomentField
        label={text.ends}
        hint={text.endsHint}
        error={late && text.endsBad}
        name="until"
        value={ends}
        onText={setEnds}
      />
      <Switch label={text.readOnlyLabel} hint={text.readOnlyHint} checked={readOnly} onChange={setReadOnly} />
      <TextArea
        label={text.allow}
        hint={text.allowHint}
        name="allow"
        rows={2}
        spellcheck={false}
        value={allow}
        onText={setAllow}
      />
      {!asking && failed}
      <Button type="submit" kind={state.active ? 'plain' : 'danger'} busy={set.busy}>
        {state.active ? text.change : `${text.begin} …`}
      </Button>
      {asking && (
        <Dialog
          title={text.beginTitle}
          closeLabel={common.close}
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>{common.cancel}</Button>
              <Button kind="danger" busy={set.busy} onClick={() => void set.run()}>
                {text.begin}
              </Button>
            </>
          }
        >
          <p>{text.beginBody}</p>
          {failed}
        </Dialog>
      )}
    </form>
  )
}

/** A moment as `datetime-local` takes it: in the time zone of the reader, to the minute. */
function localOf(at: string): string {
  const date = new Date(at)
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
