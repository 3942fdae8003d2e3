import { setTimeout as sleep } from 'node:timers/promises'
import { HelixError } from '../../../errors.ts'
import type { PageAnswer } from '../host.ts'

export interface Patience {
  signal: AbortSignal
  /** How often to look, in ms. */
  everyMs: number
  /** How long it may take, in ms. */
  withinMs: number
}

/** Looks until there is something; what `look` throws ends it. @param what it is waited for, as the failure names it */
export async function untilThere<T>(
  what: string,
  look: () => Promise<T | undefined>,
  { signal, everyMs, withinMs }: Patience,
): Promise<T> {
  const until = performance.now() + withinMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > until)
      throw new HelixError('host_failed', `${what} took longer than ${withinMs / 1_000} s`)
    await sleep(everyMs, undefined, { signal })
  }
}

/** Whether an answer says that a host shows this to its owner alone. */
export function isProtected({ status, headers }: PageAnswer): boolean {
  return status === 401 || (status >= 300 && status < 400 && /\/(sso|login)/.test(headers.location ?? ''))
}
