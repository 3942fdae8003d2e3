import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { HelixError } from '../errors.ts'
import type { HostApi } from '../host-api.ts'

const Project = z.object({ status: z.string() })

const HEALTHY = 'ACTIVE_HEALTHY'
/** None of these ends by itself. */
const FAILED: ReadonlySet<string> = new Set([
  'RESTORE_FAILED',
  'INIT_FAILED',
  'REMOVED',
  'PAUSE_FAILED',
  'INACTIVE',
])

export interface GoingBack {
  api: HostApi
  project: string
  at: Date
  /** Told each time the project says something else of itself. */
  onStatus: (status: string) => void
  /** How often it is asked, in ms: Supabase takes 60 questions a minute of one person, for all they do. */
  everyMs?: number
  /** How long it may take until something is seen of it, in ms. */
  beginMs?: number
  /** How long all of it may take, in ms. */
  mostMs?: number
}

const EVERY_MS = 10_000
const BEGIN_MS = 300_000
const MOST_MS = 4 * 3_600_000

/**
 * Has Supabase put the whole project back to a moment, and waits until it serves again. The project is away meanwhile.
 * Once Supabase has taken the order, it goes on whether or not anybody waits.
 * @throws HelixError `restore_failed` where it did not come back, or nothing was seen to happen; those of the API
 */
export async function goBackTo({ api, project, at, ...given }: GoingBack): Promise<void> {
  await api.call(`/v1/projects/${project}/database/backups/restore-pitr`, {
    method: 'POST',
    json: { recovery_time_target_unix: Math.floor(at.getTime() / 1_000) },
  })
  await untilHealthyAgain({ api, project, ...given })
}

/** Right after the order the project still says that it is well: that counts once it has been otherwise. */
async function untilHealthyAgain(given: Omit<GoingBack, 'at'>): Promise<void> {
  const { api, project, onStatus, everyMs = EVERY_MS, beginMs = BEGIN_MS, mostMs = MOST_MS } = given
  const begun = performance.now()
  let last: string | undefined
  let wasAway = false
  for (;;) {
    await sleep(everyMs, undefined, { signal: api.signal })
    const status = await statusOf(api, project)
    if (status !== undefined && status !== last) onStatus(status)
    last = status ?? last
    if (status !== undefined && FAILED.has(status)) throw notBack(project, `it is ${status}`)
    if (status === HEALTHY && wasAway) return
    wasAway ||= status !== undefined && status !== HEALTHY
    const waited = performance.now() - begun
    if (!wasAway && waited > beginMs)
      throw notBack(project, 'it took the order, and nothing was seen to happen')
    if (waited > mostMs) throw notBack(project, `it is still ${last ?? 'silent'}`)
  }
}

/** How the project says it is; undefined while that cannot be had, which a long wait must outlast. */
async function statusOf(api: HostApi, project: string): Promise<string | undefined> {
  try {
    const { json } = await api.call(`/v1/projects/${project}`)
    return Project.parse(json).status
  } catch (thrown) {
    api.signal.throwIfAborted()
    if (thrown instanceof HelixError && thrown.code === 'unauthorized') throw thrown
    return undefined
  }
}

function notBack(project: string, why: string): HelixError {
  return new HelixError('restore_failed', `The project ${project} did not come back: ${why}`, {
    hint: `Its dashboard says more: https://supabase.com/dashboard/project/${project}/database/backups/pitr`,
    next: ['helix backup list'],
  })
}
