import type { PublicStatus } from '../../../src/contract/status.ts'
import type { WatchedStatus } from '../../../src/contract/watched-status.ts'
import { isStatus } from './kept.ts'

const TIMEOUT_MS = 8_000
/** Whoever looks does so every few minutes; what was seen longer ago says nothing of now. */
const RECENT_MS = 15 * 60_000

/** Reads what was last seen of the gateway from elsewhere; null where nothing is kept, or it cannot be read. */
export async function fetchWatched(signal: AbortSignal): Promise<WatchedStatus | null> {
  try {
    const ended = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
    const response = await fetch('/status.json', { cache: 'no-cache', signal: ended })
    const found: unknown = response.ok ? await response.json() : undefined
    return isWatched(found) ? found : null
  } catch {
    signal.throwIfAborted()
    return null
  }
}

/** Whether the gateway answered whoever looks, so lately that it most likely still does. */
export function answeredLately({ awaySince, lookedAt }: WatchedStatus, now = Date.now()): boolean {
  return awaySince === null && now - Date.parse(lookedAt) < RECENT_MS
}

/** The newest of several pictures, as far as there are any. */
export function newestOf(
  ...pictures: readonly (PublicStatus | null | undefined)[]
): PublicStatus | undefined {
  return pictures
    .filter((one) => one != null)
    .toSorted((a, b) => Date.parse(b.updatedAt) - Date.parse(a.updatedAt))[0]
}

function isWatched(found: unknown): found is WatchedStatus {
  const { lookedAt, awaySince, status } = (found ?? {}) as Partial<WatchedStatus>
  const isTime = (value: unknown) => typeof value === 'string' && !Number.isNaN(Date.parse(value))
  return (
    isTime(lookedAt) && (awaySince === null || isTime(awaySince)) && (status === null || isStatus(status))
  )
}
