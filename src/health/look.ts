import { setTimeout as sleep } from 'node:timers/promises'
import type { Health } from '../contract/health.ts'
import { asHelixError } from '../errors.ts'
import { askHealth } from './ask.ts'
import { certificateEnd, daysUntil } from './certificate.ts'
import type { HostHealth } from './host-health.ts'
import { problemsOf } from './problems.ts'

export interface LookOptions {
  fetch: typeof globalThis.fetch
  /** How long one answer may take, in ms. */
  timeoutMs: number
  /** How often one that is not well is asked again before that is believed, and the pause before, in ms. */
  tries: number
  pauseMs: number
  /** From when on an answer is slow, in ms. */
  slowMs: number
  /** Whether the end of the certificate is looked at, too; it is, unless told. */
  certificate?: boolean
  signal: AbortSignal
}

/** Looks at every gateway at once; one that is not well is looked at again. The order is kept. */
export function lookAt(hosts: readonly string[], options: LookOptions): Promise<HostHealth[]> {
  return Promise.all(hosts.map((host) => lookAtOne(host, options)))
}

async function lookAtOne(host: string, options: LookOptions): Promise<HostHealth> {
  for (let tried = 1; ; tried += 1) {
    const seen = await lookOnce(host, options)
    if (seen.ok || tried >= options.tries) return seen
    await sleep(options.pauseMs, undefined, { signal: options.signal })
  }
}

async function lookOnce(host: string, options: LookOptions): Promise<HostHealth> {
  const { timeoutMs, slowMs, certificate = true } = options
  const ending = certificate ? certificateEnd(host, timeoutMs) : undefined
  const [asked, end] = await Promise.all([ask(host, options), ending])
  const certificateDays = end === undefined ? null : daysUntil(end, new Date())
  const problems = problemsOf({ ...asked, certificateDays }, { slowMs })
  const { health, responseMs } = asked
  return {
    host,
    ok: problems.length === 0,
    status: health?.status ?? 'unreachable',
    problems,
    responseMs,
    release: health?.release ?? null,
    simulated: health?.simulated ?? null,
    uptimeSeconds: health?.uptimeSeconds ?? null,
    checks: health?.checks ?? {},
    certificateDays,
  }
}

interface Asked {
  health: Health | undefined
  responseMs: number | null
  failure: string | undefined
}

async function ask(host: string, { fetch, timeoutMs, signal }: LookOptions): Promise<Asked> {
  const timed: typeof fetch = (input, init) =>
    fetch(input, { ...init, signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) })
  const begun = performance.now()
  try {
    const health = await askHealth(host, timed)
    return { health, responseMs: Math.round(performance.now() - begun), failure: undefined }
  } catch (error) {
    signal.throwIfAborted()
    const { message } = asHelixError(error)
    return { health: undefined, responseMs: null, failure: message }
  }
}
