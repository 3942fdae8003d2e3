import { span } from '../ui/span.ts'

/** What stands where nobody knows. */
const UNKNOWN = '–'

/** Few digits, so that what does not matter does not move. */
export function shownMs(ms: number | null): string {
  if (ms === null) return UNKNOWN
  if (ms < 10) return `${ms.toFixed(1)} ms`
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}

export function shownTimes({ p50, p95 }: { p50: number | null; p95: number | null }): string {
  return p50 === null && p95 === null ? UNKNOWN : `${shownMs(p50)} / ${shownMs(p95)}`
}

export function shownRate(part: number | null): string {
  return part === null ? UNKNOWN : `${(part * 100).toFixed(1)} %`
}

export function shownCount(count: number | null): string {
  return count === null ? UNKNOWN : String(Math.round(count))
}

export function shownUsd(usd: number | null): string {
  return usd === null ? UNKNOWN : `$${usd.toFixed(2)}`
}

export function shownSeconds(seconds: number | null): string {
  return seconds === null ? UNKNOWN : `${Math.round(seconds)} s`
}

/** How long something runs. */
export function shownUptime(seconds: number | null): string {
  return seconds === null ? UNKNOWN : span(seconds * 1_000)
}
