import type { Alerts } from '../src/alerts/alerts.ts'
import { watchBackups } from '../src/alerts/backup-age.ts'
import { watchCosts } from '../src/alerts/cost-spikes.ts'
import { closeLeftOpen } from '../src/alerts/left-open.ts'
import type { Audit } from '../src/audit/audit.ts'
import type { Config } from '../src/config/config.ts'
import type { Database } from '../src/db/database.ts'
import { recordModes } from '../src/state/modes.ts'

interface StateDeps {
  config: Pick<Config, 'audit' | 'simulated' | 'mode' | 'thresholds'> & {
    backup: Pick<Config['backup'], 'provedWithinDays' | 'madeWithinHours'>
  }
  db: Database
  audit: Audit
  alerts: Alerts
  log: string
  instance: string
  /** Whether no other process can be at work on this database. */
  sole: boolean
  /** Whether this gateway is the one that speaks for all. */
  speaks: () => boolean
  onError: (error: unknown) => void
}

/**
 * Writes down in which mode Helix goes on and ends the alerts of gateways that are gone; from then on looks at what
 * features cost and how old backups are. Resolves to the way to end that.
 */
export async function watchState(deps: StateDeps): Promise<() => void> {
  const { config, db, alerts, log, instance, speaks, onError } = deps
  const actor = `gateway:${instance}`
  const modes = {
    ...{ database: config.mode, audit: config.audit.mode },
    claude: config.simulated ? 'simulated' : 'real',
  }
  await recordModes(db, { log, actor, modes }).catch(onError)
  await endOldAlerts(deps, actor).catch(onError)
  const thresholds = config.thresholds.costSpike
  const { provedWithinDays, madeWithinHours } = config.backup
  const watching = { q: db, alerts, isMine: speaks, onError }
  const ends = [
    watchCosts({ ...watching, thresholds }),
    watchBackups({ ...watching, provedWithinDays, madeWithinHours }),
  ]
  return () => {
    for (const end of ends) end()
  }
}

async function endOldAlerts({ db, audit, log, sole }: StateDeps, actor: string): Promise<void> {
  for (const entry of await closeLeftOpen(db, { log, actor, sole })) await audit.append(entry)
}
