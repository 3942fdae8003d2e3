import type { FailureCode } from '../errors.ts'
import type { Series } from './registry.ts'

/** What is counted of a request; `route` is a pattern, so that there are only so many. */
export interface CountedRequest {
  method: string
  route: string
  status: number
  /** Why it was refused; null where it was not, or nobody foresaw it. */
  code: FailureCode | null
  durationMs: number
  firstByteMs: number | null
  stream: boolean
  ended: 'whole' | 'cut'
}

/** Requests by route and status; a stream is no slow request, so it has series of its own. */
export function requestMetrics({ counter, gauge, histogram }: Series) {
  const requests = counter('helix_http_requests_total', 'Requests answered.', ['method', 'route', 'status'])
  const heldBack = counter(
    'helix_http_held_back_total',
    'Requests held back by maintenance; each is a request answered with 503, too.',
    ['route'],
  )
  const duration = histogram(
    'helix_http_request_duration_seconds',
    'From the arrival of a request to the end of its answer; of a stream, to its first byte.',
    ['method', 'route'],
  )
  const open = gauge('helix_http_open_streams', 'Event streams that are open.', ['route'])
  const streams = histogram('helix_http_stream_duration_seconds', 'How long event streams lasted.', [
    'route',
    'ended',
  ])
  return {
    streamBegan: (route: string) => open.inc({ route }),
    ended({ method, route, status, code, durationMs, firstByteMs, stream, ended }: CountedRequest): void {
      requests.inc({ method, route, status })
      if (code === 'maintenance') heldBack.inc({ route })
      const answeredMs = stream ? firstByteMs : durationMs
      if (answeredMs !== null) duration.observe({ method, route }, answeredMs / 1_000)
      if (!stream) return
      open.dec({ route })
      streams.observe({ route, ended }, durationMs / 1_000)
    },
  }
}
