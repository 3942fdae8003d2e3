import type { Health } from '../contract/health.ts'

/** Median and 95th percentile, in ms; null where nothing happened. */
export interface Times {
  p50: number | null
  p95: number | null
}

/** How busy a gateway is, or all together; of the last minute, where it is no state. Null where nobody can tell. */
export interface Numbers {
  requestsPerMinute: number | null
  /** 5xx of these, 0 to 1. */
  errorRate: number | null
  /** To the end of an answer; of a stream, to its first byte. */
  responseMs: Times
  /** From the arrival of a message to the first token of its reply. */
  ttftMs: Times
  openStreams: number | null
  openReplies: number | null
  costPerHourUsd: number | null
  /** How long the oldest entry has waited for Discord. */
  outboxAgeSeconds: number | null
  /** Callers that wait for a connection to the database. */
  databaseQueue: number | null
}

export interface HostPicture {
  host: string
  ok: boolean
  status: Health['status'] | 'unreachable'
  problems: string[]
  release: string | null
  simulated: boolean | null
  uptimeSeconds: number | null
  checks: Health['checks']
  numbers: Numbers | null
}

/** How something went lately, oldest first; null where nothing happened. */
export type Course = (number | null)[]

/** The newest alerts of the log. */
export interface AlertPicture {
  at: string
  alert: string
  severity: string
  state: 'raised' | 'recovered'
  message: string
}

/** Everything the monitor shows, at one moment. */
export interface Picture {
  at: string
  env: string
  hosts: HostPicture[]
  sum: {
    up: number
    numbers: Numbers | null
    /** When a backup was last restored and found whole; null for never, undefined where nobody can tell. */
    provedRestoreAt: string | null | undefined
    checks: Health['checks']
  }
  courses: Record<
    'responseP95Ms' | 'ttftP95Ms' | 'requests' | 'errorRate' | 'openStreams' | 'costUsd',
    Course
  >
  /** Minutes a point of the courses stands for; null where it is one look. */
  stepMinutes: number | null
  alerts: AlertPicture[] | null
  /** Why something is not shown. */
  notes: string[]
}
