import type { Alerts } from '../src/alerts/alerts.ts'
import type { RequestWatcher } from './middleware/observe.ts'

/** Routes that answer with a reply, whole or as it is made. */
const REPLIES = /^\/api\/(?:chat\/message|conversations\/:key\/(?:regenerate|edit))$/
/** What answers 503 to say how the gateway is. */
const PROBES = /^\/health/

/** Refusals with a word of their own in the log. */
const TOLD: ReadonlySet<string> = new Set(['maintenance', 'storage_full'])

/** How long a reply may take, in ms. */
export interface ReplyThresholds {
  responseMs: number
  /** The whole of one that is streamed. */
  streamMs: number | undefined
}

/** Raises an alert for answers that are a failure of ours, and for replies that take too long. */
export function alertOnRequests(
  alerts: Alerts,
  { responseMs, streamMs = responseMs }: ReplyThresholds,
  draining: () => boolean,
): RequestWatcher {
  return {
    ended({ method, route, status, code, durationMs, stream }) {
      if (status >= 500 && !TOLD.has(code ?? '') && !PROBES.test(route) && !draining()) {
        const message = `${method} ${route} answered ${status}`
        alerts.raise({ alert: 'http_5xx', severity: 'critical', message, facts: { method, route, status } })
      }
      const thresholdMs = stream ? streamMs : responseMs
      if (method !== 'POST' || !REPLIES.test(route) || durationMs <= thresholdMs) return
      raiseSlow(alerts, 'A reply took', durationMs, { route, thresholdMs, streamed: stream })
    },
  }
}

/** Raises an alert where somebody waited too long for the first words of a reply, whatever comes after. */
export function alertOnFirstWords(alerts: Alerts, { responseMs: thresholdMs }: ReplyThresholds) {
  return (waitedMs: number): void => {
    if (waitedMs > thresholdMs)
      raiseSlow(alerts, 'The first words of a reply took', waitedMs, { thresholdMs })
  }
}

function raiseSlow(alerts: Alerts, what: string, ms: number, facts: Record<string, unknown>): void {
  const durationMs = Math.round(ms)
  const message = `${what} ${(durationMs / 1_000).toFixed(1)} s`
  alerts.raise({ alert: 'reply_slow', severity: 'warning', message, facts: { durationMs, ...facts } })
}
