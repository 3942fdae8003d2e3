import type { HostHealth } from '../health/host-health.ts'
import { lookAt } from '../health/look.ts'
import type { HostPicture } from './picture.ts'
import { type Reading, readingOf } from './reading.ts'
import { parseMetrics } from './scrape.ts'

/** Over how long things are counted, at least, in ms. */
const SPAN_MS = 60_000
const LONGEST_METRICS = 4 * 1024 * 1024

export interface HostWatchDeps {
  host: string
  fetch: typeof globalThis.fetch
  /** The token of `/metrics`, where it is known. */
  token: string | undefined
  timeoutMs: number
  slowMs: number
  signal: AbortSignal
}

/** What one look came to. */
export interface HostSeen {
  picture: Omit<HostPicture, 'numbers'>
  /** The first reading of the last minute, or the one before, and the newest; undefined where its metrics are not to be had. */
  pair: { first: Reading; last: Reading } | undefined
}

/** Looks at one gateway again and again; remembers a minute of what it counted, or one look. Never fails. */
export function watchHost({ host, token, timeoutMs, signal, fetch, slowMs }: HostWatchDeps) {
  let readings: Reading[] = []

  async function read(): Promise<HostSeen['pair']> {
    if (token === undefined) return undefined
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      const answer = await fetch(`${host}/metrics`, {
        headers: { authorization: `Bearer ${token}` },
        redirect: 'error',
        signal: limit,
      })
      const text = answer.ok ? await answer.text() : ''
      if (text === '' || text.length > LONGEST_METRICS) return undefined
      const last = readingOf(parseMetrics(text), performance.now())
      // Counts that went back are of a process that began anew.
      const before = readings.at(-1)
      if (before && last.requests < before.requests) readings = []
      // Where it is looked at less often than that, what was read before is what there is to compare with.
      const recent = readings.filter(({ at }) => last.at - at <= SPAN_MS)
      readings = [...(recent.length > 0 ? recent : readings.slice(-1)), last]
      return { first: readings[0] ?? last, last }
    } catch {
      return undefined
    }
  }

  return async function look(): Promise<HostSeen> {
    const options = { fetch, timeoutMs, tries: 1, pauseMs: 0, slowMs, signal, certificate: false }
    const [[health], pair] = await Promise.all([lookAt([host], options), read()])
    return { picture: pictureOf(host, health), pair }
  }
}

function pictureOf(host: string, health: HostHealth | undefined): HostSeen['picture'] {
  return {
    host,
    ok: health?.ok ?? false,
    status: health?.status ?? 'unreachable',
    problems: (health?.problems ?? []).map(({ part, state, message }) => `${part} ${state}: ${message}`),
    release: health?.release ?? null,
    simulated: health?.simulated ?? null,
    uptimeSeconds: health?.uptimeSeconds ?? null,
    checks: health?.checks ?? {},
  }
}
