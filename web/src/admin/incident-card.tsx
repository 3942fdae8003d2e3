import type { Incident } from '../../../src/contract/incidents.ts'
import { useText } from '../app.ts'
import { useFormat } from '../format/use-format.ts'
import { Button } from '../ui/button.tsx'
import css from './admin.module.css'

interface IncidentCardProps {
  incident: Incident
  onAsk: (what: 'update' | 'edit' | 'resolve') => void
}

/** One incident with all that was said of it, and what can be done about it. */
export function IncidentCard({ incident, onAsk }: IncidentCardProps) {
  const { admin, status } = useText()
  const text = admin.incidents
  const format = useFormat()
  const over = incident.resolvedAt !== null
  return (
    <li>
      <div class={css.line}>
        <div class={css.titled}>
          <h4>{incident.title}</h4>
          <span class={css.tags}>
            <span class={css.tag} data-tone={incident.severity === 'critical' ? 'bad' : 'warn'}>
              {status.incidents.severities[incident.severity]}
            </span>
            <span class={css.tag} data-tone={over ? 'good' : undefined}>
              {status.incidents.states[incident.status]}
            </span>
          </span>
        </div>
        <span class={css.note}>{format.moment(incident.startedAt)}</span>
      </div>
      <ol class={css.updates}>
        {incident.updates.map((update) => (
          <li key={update.at}>
            <strong>{status.incidents.states[update.status]}</strong>{' '}
            <span class={css.note}>{format.moment(update.at)}</span>
            <p class={css.text}>{update.message}</p>
          </li>
        ))}
      </ol>
      <div class={css.actions}>
        <Button onClick={() => onAsk('update')}>{over ? text.reopen : text.update}</Button>
        {!over && <Button onClick={() => onAsk('resolve')}>{text.resolve}</Button>}
        <Button kind="quiet" onClick={() => onAsk('edit')}>
          {text.edit}
        </Button>
      </div>
    </li>
  )
}
