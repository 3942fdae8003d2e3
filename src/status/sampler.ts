import type { Health } from '../contract/health.ts'
import type { ComponentStatus } from '../contract/status.ts'
import type { Database } from '../db/database.ts'
import { createLease } from '../db/lease.ts'
import { componentStatuses } from './components.ts'

const MINUTE_MS = 60_000
/** Minutes kept for a database that is away: a day. */
const MOST_KEPT = 1440
const UPTIME_LEASE = 'uptime'

const MARKS: Record<ComponentStatus, string> = {
  operational: 'o',
  degraded: 'd',
  down: 'x',
  off: '-',
  unknown: '?',
}

interface SamplerDeps {
  db: Database
  health: () => Promise<Health>
  /** This process, as the lease names it. */
  instance: string
  onError: (error: unknown) => void
  /** How often it is looked whether a minute began, and the lease renewed, in ms. */
  beatMs?: number
  now?: () => number
}

/**
 * Looks once a minute at how the parts are, in one gateway at a time. What cannot be written because the database is
 * away is written once it is back.
 */
export function sampleUptime({ db, health, instance, onError, beatMs = 5_000, now = Date.now }: SamplerDeps) {
  const lease = createLease({ db, name: UPTIME_LEASE, holder: instance, ms: beatMs * 5 })
  let kept: Record<string, string>[] = []
  let seen = 0
  let running: Promise<void> = Promise.resolve()

  async function beat(): Promise<void> {
    const minute = Math.floor(now() / MINUTE_MS) * MINUTE_MS
    // Of a database that does not answer nobody can tell who else looks: each does, and the first to write counts.
    const mine = await lease.take().then(
      (token) => token !== undefined,
      () => null,
    )
    if (mine === false) {
      kept = []
      return
    }
    if (minute !== seen) {
      seen = minute
      kept = [...kept, await look(new Date(minute))].slice(-MOST_KEPT)
    }
    if (mine !== true || kept.length === 0) return
    const written = kept
    await db.query('select helix.note_uptime($1::jsonb)', [JSON.stringify(written)])
    kept = kept.filter((one) => !written.includes(one))
  }

  async function look(minute: Date): Promise<Record<string, string>> {
    const seenHealth = await health()
    const states = Object.entries(componentStatuses(seenHealth)).map(([name, state]) => [name, MARKS[state]])
    // Planned work is no outage.
    const planned = seenHealth.status === 'maintenance' ? { gateway: MARKS.off } : {}
    return { minute: minute.toISOString(), ...Object.fromEntries(states), ...planned }
  }

  const timer = setInterval(() => {
    running = running.then(beat).catch(onError)
  }, beatMs)
  timer.unref()
  running = beat().catch(onError)

  return {
    /** Lets another gateway look. */
    async stop(): Promise<void> {
      clearInterval(timer)
      await running
      await lease.release().catch(() => {})
    },
  }
}
