import type { Health } from '../contract/health.ts'

/** One thing that is not as it should be. */
export interface HealthProblem {
  /** Which part: `gateway`, `response`, `certificate`, or a check of `/health`. */
  part: string
  /** How it is: `unreachable`, `down`, `degraded`, `draining`, `slow`, `expiring`. */
  state: string
  /** The same for a person, with the values that matter. */
  message: string
}

/** How one gateway is, seen from here. */
export interface HostHealth {
  host: string
  /** Whether there is nothing anybody should be told; planned maintenance is well. */
  ok: boolean
  status: Health['status'] | 'unreachable'
  problems: HealthProblem[]
  /** How long `/health` took to answer, in ms; null without an answer. */
  responseMs: number | null
  release: string | null
  simulated: boolean | null
  uptimeSeconds: number | null
  checks: Health['checks']
  /** Days until the certificate ends; null without one. */
  certificateDays: number | null
}
