import type { Health } from '../contract/health.ts'
import type { Incident } from '../contract/incidents.ts'
import {
  type ComponentHistory,
  type ComponentName,
  type PublicStatus,
  STATUS_DAYS,
} from '../contract/status.ts'
import type { Database } from '../db/database.ts'
import { readIncidents, toIncident } from '../incidents/stored.ts'
import { COMPONENTS, componentStatuses } from './components.ts'
import { history, readUptime } from './uptime.ts'

const DAY_MS = 86_400_000
/** How long one picture answers for, in ms: anyone may ask, as often as they like. */
const REMEMBER_MS = 5_000

interface BoardDeps {
  db: Database
  health: () => Promise<Health>
  now?: () => Date
}

export type StatusBoard = ReturnType<typeof createStatusBoard>

/** What of the picture is read from the database. */
interface Past {
  days: Map<ComponentName, ComponentHistory['days']>
  incidents: Incident[]
}

/** How Helix is and was, as everyone may know it. */
export function createStatusBoard({ db, health, now = () => new Date() }: BoardDeps) {
  let past: Past = { days: new Map(), incidents: [] }
  let picture: { at: number; made: Promise<PublicStatus> } | undefined

  async function make(): Promise<PublicStatus> {
    const at = now()
    const seen = await health()
    // What was last known is better than nothing while the database is away.
    if (seen.checks.database !== 'down') past = await readPast(db, at).catch(() => past)
    const statuses = componentStatuses(seen)
    return {
      status: seen.status,
      release: seen.release,
      simulated: seen.simulated,
      updatedAt: at.toISOString(),
      maintenance: seen.maintenance && noticeOf(seen.maintenance),
      components: COMPONENTS.map((name) => ({
        name,
        status: statuses[name],
        days: past.days.get(name) ?? history([], at, at),
      })),
      incidents: past.incidents,
    }
  }

  return {
    /** The picture, at most a few seconds old. */
    read(): Promise<PublicStatus> {
      const at = performance.now()
      if (!picture || at - picture.at > REMEMBER_MS) {
        picture = { at, made: make() }
        picture.made.catch(() => {
          picture = undefined
        })
      }
      return picture.made
    },
    /** Makes the next picture anew, as after an incident was changed. */
    forget(): void {
      picture = undefined
    },
  }
}

/** Without what only tells one change of it from the next. */
function noticeOf({ message, until, readOnly }: NonNullable<Health['maintenance']>) {
  return { message, until, readOnly }
}

async function readPast(db: Database, at: Date): Promise<Past> {
  const since = new Date(at.getTime() - STATUS_DAYS * DAY_MS)
  const [days, incidents] = await Promise.all([readUptime(db, at), readIncidents(db, { since })])
  return { days, incidents: incidents.map(toIncident) }
}
