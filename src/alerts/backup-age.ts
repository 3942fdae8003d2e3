import { type BackupAges, backupAges } from '../backup/records.ts'
import type { Queryable } from '../db/database.ts'
import type { Alerts } from './alerts.ts'

interface BackupWatchDeps {
  q: Queryable
  alerts: Alerts
  /** How old the last proved restore may be, in days. */
  provedWithinDays: number
  /** How old the newest backup may be, in hours; undefined where nobody said. */
  madeWithinHours: number | undefined
  /** Whether this process is the one that looks. */
  isMine: () => boolean
  onError: (error: unknown) => void
  everyMs?: number
}

const EVERY_MS = 60_000
const HOUR_MS = 3_600_000

/**
 * Looks each minute how old the newest backup and the last proved restore are. Where no backup was ever made, nobody
 * relies on one, and only a limit that somebody set is told of. Resolves to the way to end it.
 */
export function watchBackups(deps: BackupWatchDeps): () => void {
  const { q, alerts, provedWithinDays, madeWithinHours, isMine, onError, everyMs = EVERY_MS } = deps
  const raised = new Set<string>()

  function judge(alert: string, wrong: boolean, message: string): void {
    if (wrong && isMine()) {
      raised.add(alert)
      alerts.raise({ alert, severity: 'warning', message, quietMs: null })
    } else if (!wrong && raised.delete(alert)) {
      alerts.recover(alert)
    }
  }

  async function look(): Promise<void> {
    if (!isMine() && raised.size === 0) return
    const { madeAt, firstAt, provedAt }: BackupAges = await backupAges(q)
    if (madeWithinHours !== undefined) {
      const message = `No backup was made in the last ${madeWithinHours} hours: helix backup create`
      judge('backup_overdue', isOlder(madeAt, madeWithinHours * HOUR_MS), message)
    }
    const unproved = firstAt !== undefined && isOlder(provedAt ?? firstAt, provedWithinDays * 24 * HOUR_MS)
    const message = `No restore was proved in the last ${provedWithinDays} days: helix backup drill`
    judge('restore_unproved', unproved, message)
  }

  const timer = setInterval(() => void look().catch(onError), everyMs)
  timer.unref()
  return () => clearInterval(timer)
}

function isOlder(at: Date | undefined, ms: number): boolean {
  return at === undefined || Date.now() - at.getTime() > ms
}
