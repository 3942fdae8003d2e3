import { setTimeout as sleep } from 'node:timers/promises'
import type { Health } from '../contract/health.ts'
import type { MaintenanceInForce } from '../contract/maintenance.ts'
import { asHelixError } from '../errors.ts'
import { askHealth } from '../health/ask.ts'

const EVERY_MS = 100
const ONE_TRY_MS = 3_000

/** What a gateway said of maintenance when it was asked by itself. */
export interface Probed {
  host: string
  /** Whether it has what was expected; null where nothing was. */
  reached: boolean | null
  /** What is in force there; null for none. */
  maintenance: MaintenanceInForce | null
  status: Health['status'] | null
  /** How long it took to get there, in ms. */
  afterMs: number
  /** Why it said nothing. */
  problem: string | null
}

interface ProbeOptions {
  fetch: typeof globalThis.fetch
  /** The revision every host should have; null for no maintenance; nothing is waited for without it. */
  expected?: string | null
  waitMs: number
  signal: AbortSignal
}

/** Asks every host by itself until it has what is expected, or time is up. */
export function probe(hosts: readonly string[], options: ProbeOptions): Promise<Probed[]> {
  return Promise.all(hosts.map((host) => probeOne(host, options)))
}

async function probeOne(host: string, options: ProbeOptions): Promise<Probed> {
  const { expected, waitMs, signal } = options
  const begun = performance.now()
  for (;;) {
    const seen = await look(host, options)
    const afterMs = Math.round(performance.now() - begun)
    const reached = expected === undefined ? null : has(seen, expected)
    if (reached !== false || afterMs >= waitMs) return { host, reached, ...seen, afterMs }
    await sleep(EVERY_MS, undefined, { signal })
  }
}

type Seen = Pick<Probed, 'maintenance' | 'status' | 'problem'>

function has({ problem, maintenance }: Seen, expected: string | null): boolean {
  return problem === null && (maintenance?.revision ?? null) === expected
}

async function look(host: string, { fetch, signal }: ProbeOptions): Promise<Seen> {
  const timed: typeof fetch = (input, init) =>
    fetch(input, { ...init, signal: AbortSignal.any([signal, AbortSignal.timeout(ONE_TRY_MS)]) })
  try {
    const { status, maintenance = null } = await askHealth(host, timed)
    return { status, maintenance, problem: null }
  } catch (error) {
    signal.throwIfAborted()
    return { status: null, maintenance: null, problem: asHelixError(error).message }
  }
}
