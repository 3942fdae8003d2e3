import { createHttp } from '../client/http.ts'
import { fetchStatus } from '../client/status.ts'
import { PublicStatus } from '../contract/status.ts'
import type { WatchedStatus } from '../contract/watched-status.ts'

const TIMEOUT_MS = 10_000

/** The public picture of the first gateway that gives one; undefined where none does. */
export async function askStatus(
  hosts: readonly string[],
  signal: AbortSignal,
): Promise<PublicStatus | undefined> {
  for (const url of hosts) {
    const ended = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
    const answered = await fetchStatus(createHttp({ url, fetch: globalThis.fetch }), ended).catch(
      () => undefined,
    )
    signal.throwIfAborted()
    const picture = PublicStatus.safeParse(answered)
    if (picture.success) return picture.data
  }
  return undefined
}

/** What was seen of the gateway just now. */
interface Seen {
  /** Whether no gateway answered at all. */
  away: boolean
  status: PublicStatus | undefined
}

/** What is to be said from now on, after what was said before. */
export function watchedAfter(
  before: WatchedStatus | undefined,
  { away, status }: Seen,
  now: Date,
): WatchedStatus {
  const lookedAt = now.toISOString()
  const last = status ?? before?.status ?? null
  return { lookedAt, awaySince: away ? (before?.awaySince ?? lookedAt) : null, status: last }
}

/** Whether the two say the same to a reader, but for when it was seen and the part of today that was good. */
export function saysTheSame(one: WatchedStatus | undefined, other: WatchedStatus): boolean {
  return one !== undefined && said(one) === said(other)
}

function said({ awaySince, status }: WatchedStatus): string {
  const { updatedAt: _, components = [], ...rest } = status ?? {}
  const states = components.map(({ name, status: state }) => `${name}:${state}`)
  return JSON.stringify({ awaySince, ...rest, states })
}
