import type { Alerts } from '../src/alerts/alerts.ts'
import type { RequestWatcher } from './middleware/observe.ts'

/** Routes that answer with a reply, whole or as it is made. */
const REPLIES = /^\/api\/(?:chat\/message|conversations\/:key\/(?:regenerate|edit))$/
/** What answers 503 to say how the gateway is. */
const PROBES = /^\/health/

/** Raises an alert for answers that are a failure of ours, and for replies that take longer than `responseMs`. */
export function alertOnRequests(alerts: Alerts, responseMs: number, draining: () => boolean): RequestWatcher {
  return {
    ended({ method, route, status, code, durationMs, stream }) {
      if (status >= 500 && code !== 'maintenance' && !PROBES.test(route) && !draining()) {
        const message = `${method} ${route} answered ${status}`
        alerts.raise({ alert: 'http_5xx', severity: 'critical', message, facts: { method, route, status } })
      }
      if (method !== 'POST' || !REPLIES.test(route) || durationMs <= responseMs) return
      const took = Math.round(durationMs)
      const message = `A reply took ${(took / 1_000).toFixed(1)} s`
      const facts = { route, durationMs: took, thresholdMs: responseMs, streamed: stream }
      alerts.raise({ alert: 'reply_slow', severity: 'warning', message, facts })
    },
  }
}
