import { useState } from 'preact/hooks'
import type { Incident } from '../../../src/contract/incidents.ts'
import { useApp, useText } from '../app.ts'
import { Button } from '../ui/button.tsx'
import css from './admin.module.css'
import { IncidentCard } from './incident-card.tsx'
import { EditIncident, OpenIncident, UpdateIncident } from './incident-dialogs.tsx'
import { Older } from './older.tsx'
import { Part } from './part.tsx'
import { usePages } from './use-pages.ts'

type Asking = { what: 'open' } | { what: 'update' | 'edit' | 'resolve'; incident: Incident }

/** What went wrong, as everyone may know it: opening, updating, resolving. */
export function IncidentsSection() {
  const { client } = useApp()
  const { admin } = useText()
  const text = admin.incidents
  const pages = usePages(
    (before) => client.admin.incidents(before === undefined ? {} : { before }),
    (page) => page.incidents,
    [],
  )
  const [asking, setAsking] = useState<Asking>()
  const done = () => {
    setAsking(undefined)
    pages.loaded.again()
  }
  const close = () => setAsking(undefined)
  const open = pages.items.filter(({ resolvedAt }) => resolvedAt === null)
  const past = pages.items.filter(({ resolvedAt }) => resolvedAt !== null)
  const cards = (incidents: readonly Incident[]) => (
    <ul class={css.list}>
      {incidents.map((incident) => (
        <IncidentCard key={incident.id} incident={incident} onAsk={(what) => setAsking({ what, incident })} />
      ))}
    </ul>
  )
  return (
    <>
      <Part
        title={admin.sections.incidents}
        about={text.about}
        loaded={pages.loaded}
        tools={
          <Button kind="primary" icon="plus" onClick={() => setAsking({ what: 'open' })}>
            {text.open}
          </Button>
        }
      >
        {() => (
          <>
            {pages.items.length === 0 && <p class={css.empty}>{text.none}</p>}
            {open.length > 0 && (
              <section class={css.group}>
                <h3>{text.openNow}</h3>
                {cards(open)}
              </section>
            )}
            {past.length > 0 && (
              <section class={css.group}>
                <h3>{text.past}</h3>
                {cards(past)}
              </section>
            )}
            <Older pages={pages} />
          </>
        )}
      </Part>
      {asking?.what === 'open' && <OpenIncident onClose={close} onDone={done} />}
      {asking?.what === 'edit' && <EditIncident incident={asking.incident} onClose={close} onDone={done} />}
      {(asking?.what === 'update' || asking?.what === 'resolve') && (
        <UpdateIncident
          incident={asking.incident}
          resolving={asking.what === 'resolve'}
          onClose={close}
          onDone={done}
        />
      )}
    </>
  )
}
