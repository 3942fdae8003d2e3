import type { Logger, LogLevel } from '../src/log/logger.ts'
import type { Observed, RequestWatcher } from './middleware/observe.ts'

/** What process managers and Prometheus ask all day long. */
const PROBES = new Set(['/health', '/health/live', '/health/ready', '/metrics'])

/** Writes one line a request. */
export function requestLog(log: Logger): RequestWatcher {
  return {
    ended(request) {
      const { stream, code, firstByteMs, durationMs, ...facts } = request
      log[levelOf(request)]({
        event: 'request',
        ...facts,
        durationMs: round(durationMs),
        ...(stream ? { firstByteMs: firstByteMs === null ? null : round(firstByteMs) } : {}),
      })
    },
  }
}

function levelOf({ status, route, code }: Observed): LogLevel {
  // Nothing is wrong with what is meant to be.
  if (code === 'maintenance') return 'info'
  if (status >= 500) return 'error'
  if (status >= 400) return 'warn'
  return PROBES.has(route) ? 'debug' : 'info'
}

const round = (ms: number): number => Math.round(ms * 10) / 10
