import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Incident } from '../../../src/contract/incidents.ts'
import { useApp, useText } from '../app.ts'
import { codeOf } from '../text/failure.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Select, TextArea } from '../ui/field.tsx'
import { type Act, useAct } from '../ui/use-act.ts'
import css from './admin.module.css'
import { Failed } from './failed.tsx'

type IncidentSeverity = Incident['severity']
type IncidentStatus = Incident['status']

interface DialogProps {
  onClose: () => void
  onDone: () => void
}

const SEVERITIES: readonly IncidentSeverity[] = ['minor', 'major', 'critical']
const STATES: readonly IncidentStatus[] = ['investigating', 'identified', 'monitoring', 'resolved']

export function OpenIncident({ onClose, onDone }: DialogProps) {
  const { client, toasts } = useApp()
  const { incidents: text } = useText().admin
  const [title, setTitle] = useState('')
  const [severity, setSeverity] = useState<IncidentSeverity>('minor')
  const [message, setMessage] = useState('')
  const open = useAct(async () => {
    await client.admin.openIncident({ title, severity, message })
    toasts.say(text.published)
    onDone()
  })
  return (
    <Asked title={text.openTitle} act={open} go={text.publish} onClose={onClose}>
      <p>{text.about}</p>
      <Title value={title} onText={setTitle} />
      <Severity value={severity} onChoose={setSeverity} />
      <Message value={message} onText={setMessage} />
    </Asked>
  )
}

export function EditIncident({ incident, onClose, onDone }: DialogProps & { incident: Incident }) {
  const { client, toasts } = useApp()
  const { incidents: text } = useText().admin
  const [title, setTitle] = useState(incident.title)
  const [severity, setSeverity] = useState<IncidentSeverity>(incident.severity)
  const edit = useAct(async () => {
    await client.admin.changeIncident(incident.id, { title, severity })
    toasts.say(text.saved)
    onDone()
  })
  return (
    <Asked title={text.editTitle} act={edit} go={text.save} onClose={onClose}>
      <Title value={title} onText={setTitle} />
      <Severity value={severity} onChoose={setSeverity} />
    </Asked>
  )
}

interface UpdateProps extends DialogProps {
  incident: Incident
  resolving: boolean
}

export function UpdateIncident({ incident, resolving, onClose, onDone }: UpdateProps) {
  const { client, toasts } = useApp()
  const { admin, status: publicText } = useText()
  const text = admin.incidents
  const first = resolving ? 'resolved' : incident.status === 'resolved' ? 'investigating' : incident.status
  const [status, setStatus] = useState<IncidentStatus>(first)
  const [message, setMessage] = useState(resolving ? text.resolvedMessage : '')
  const [unsound, setUnsound] = useState(false)
  const consent = unsound && status === 'resolved'
  const update = useAct(async () => {
    try {
      await client.admin.updateIncident(incident.id, { status, message, ...(consent && { consent }) })
    } catch (error) {
      if (codeOf(error) === 'consent_required') setUnsound(true)
      throw error
    }
    toasts.say(status === 'resolved' ? text.resolved : text.posted)
    onDone()
  })
  const go = consent ? text.resolveAnyway : status === 'resolved' ? text.resolve : text.post
  const said = { consent_required: text.unsound }
  return (
    <Asked title={text.updateTitle(incident.title)} act={update} go={go} said={said} onClose={onClose}>
      <Select
        label={text.status}
        value={status}
        options={STATES.map((value) => ({ value, label: publicText.incidents.states[value] }))}
        onChoose={setStatus}
      />
      <Message value={message} onText={setMessage} />
    </Asked>
  )
}

interface AskedProps {
  title: string
  act: Act<[]>
  /** Name of the button that does it. */
  go: string
  /** Better words for why it was not done, by code. */
  said?: Readonly<Record<string, string>>
  onClose: () => void
  children: ComponentChildren
}

function Asked({ title, act, go, said = {}, onClose, children }: AskedProps) {
  const { common } = useText()
  return (
    <Dialog title={title} closeLabel={common.close} onClose={onClose}>
      <form
        class={css.form}
        onSubmit={(event) => {
          event.preventDefault()
          void act.run()
        }}
      >
        {children}
        <Failed error={act.error} said={said} />
        <div class={css.actions}>
          <Button type="submit" kind="primary" busy={act.busy}>
            {go}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            {common.cancel}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function Title({ value, onText }: { value: string; onText: (text: string) => void }) {
  const { incidents: text } = useText().admin
  return (
    <Field
      label={text.incidentTitle}
      hint={text.titleHint}
      name="title"
      autocomplete="off"
      required
      maxLength={200}
      value={value}
      onText={onText}
    />
  )
}

function Severity({
  value,
  onChoose,
}: {
  value: IncidentSeverity
  onChoose: (value: IncidentSeverity) => void
}) {
  const { incidents: text } = useText().admin
  return (
    <Select
      label={text.severity}
      value={value}
      options={SEVERITIES.map((one) => ({ value: one, label: text.severities[one] }))}
      onChoose={onChoose}
    />
  )
}

function Message({ value, onText }: { value: string; onText: (text: string) => void }) {
  const { incidents: text } = useText().admin
  return (
    <TextArea
      label={text.message}
      name="message"
      rows={4}
      required
      maxLength={4000}
      value={value}
      onText={onText}
    />
  )
}
