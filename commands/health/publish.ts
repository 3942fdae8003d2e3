import type { WatchedStatus } from '../../src/contract/watched-status.ts'
import { asHelixError } from '../../src/errors.ts'
import type { HostHealth } from '../../src/health/host-health.ts'
import type { Host } from '../../src/shell/host.ts'
import type { Context } from '../context.ts'
import { openHosts } from '../deploy/target.ts'

/** What came of saying on one machine how the gateway is. */
export interface Published {
  host: string
  /** Whether it says something else than before. */
  changed: boolean
  problem: string | null
}

/**
 * Says beside the copy of the status page how the gateways were found, on each machine that serves one. What changed
 * goes in the journal first; that the same still holds, and when it was seen, does not.
 */
export async function publishStatus(seen: readonly HostHealth[], context: Context): Promise<Published[]> {
  const { deploy } = await context.config()
  const target = deploy.status
  if (target?.type !== 'static') return []
  const { askStatus } = await import('../../src/health/watched.ts')
  const answering = seen.filter(({ status }) => status !== 'unreachable').map(({ host }) => host)
  const found = { away: answering.length === 0, status: await askStatus(answering, context.signal) }
  const hosts = await openHosts(target, context)
  return Promise.all(hosts.map((host) => publishOn({ host, folder: target.folder }, found, context)))
}

async function publishOn(
  place: { host: Host; folder: string },
  found: { away: boolean; status: WatchedStatus['status'] | undefined },
  context: Context,
): Promise<Published> {
  const { saysTheSame, watchedAfter } = await import('../../src/health/watched.ts')
  const { readWatched, writeWatched } = await import('../../src/release/web/static/watched.ts')
  const host = place.host.name
  try {
    const before = await readWatched(place)
    const now = watchedAfter(before, { away: found.away, status: found.status ?? undefined }, new Date())
    const changed = !saysTheSame(before, now)
    const facts = { host, awaySince: now.awaySince, status: now.status?.status ?? null }
    const write = () => writeWatched(place, now)
    await (changed ? context.log('journal').act('status.publish.start', facts, write) : write())
    return { host, changed, problem: null }
  } catch (thrown) {
    context.signal.throwIfAborted()
    return { host, changed: false, problem: asHelixError(thrown).message }
  }
}
