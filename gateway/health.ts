import type { Config } from '../src/config/config.ts'
import type { MessageStatus } from '../src/contract/chat.ts'
import type { CheckState, Health } from '../src/contract/health.ts'
import type { Database } from '../src/db/database.ts'
import { noticeOf, type Setting } from '../src/maintenance/setting.ts'
import { inTime } from './in-time.ts'

/** How long one look at the database answers for, in ms: health is asked often, and by anyone. */
const REMEMBER_MS = 1_000
const DATABASE_TIMEOUT_MS = 2_000

interface HealthSources {
  config: Pick<Config, 'mode' | 'simulated'>
  release: string
  db: Database
  draining: () => boolean
  claudeState: () => CheckState
  discordState: () => CheckState
  storageState: () => CheckState
  heartbeatState: () => Promise<CheckState>
  maintenance: () => Setting | null
}

/** Makes the picture `/health` shows. */
export function createHealth({
  config,
  release,
  db,
  draining,
  claudeState,
  discordState,
  storageState,
  heartbeatState,
  maintenance,
}: HealthSources): () => Promise<Health> {
  const startedAt = performance.now()
  let seen: { at: number; database: Promise<CheckState> } | undefined

  return async function health(): Promise<Health> {
    if (!seen || performance.now() - seen.at > REMEMBER_MS)
      seen = { at: performance.now(), database: reach(db) }
    const database = await seen.database
    const claude = claudeState()
    const discord = discordState()
    const storage = storageState()
    const heartbeat = database === 'ok' ? await heartbeatState() : 'ok'
    const setting = maintenance()
    const others = [claude, discord, storage, heartbeat]
    return {
      status: setting && !draining() ? 'maintenance' : statusOf(database, others, draining()),
      release,
      mode: config.mode,
      simulated: config.simulated,
      uptimeSeconds: Math.round((performance.now() - startedAt) / 100) / 10,
      maintenance: setting && noticeOf(setting),
      checks: { database, claude, discord, storage, heartbeat },
    }
  }
}

function statusOf(database: CheckState, others: CheckState[], draining: boolean): Health['status'] {
  if (database === 'down') return 'down'
  if (draining) return 'draining'
  return others.every((state) => state === 'ok' || state === 'off') ? 'ok' : 'degraded'
}

/** For how long a failed reply speaks against Claude, in ms, unless a good one comes first. */
const FAILURE_COUNTS_MS = 60_000

/** What recent replies say of Claude: `degraded` for a minute after one failed, unless a later one was whole. */
export function createClaudeState() {
  let failedAt = Number.NEGATIVE_INFINITY
  return {
    note(state: MessageStatus): void {
      if (state === 'failed') failedAt = performance.now()
      else if (state === 'complete') failedAt = Number.NEGATIVE_INFINITY
    },
    read: (): CheckState => (performance.now() - failedAt < FAILURE_COUNTS_MS ? 'degraded' : 'ok'),
  }
}

function reach(db: Database): Promise<CheckState> {
  const asked = db.query('select 1').then(
    () => 'ok' as const,
    () => 'down' as const,
  )
  return inTime<CheckState>(DATABASE_TIMEOUT_MS, asked, 'down')
}
