import type { PageAnswer } from './host.ts'

const TIMEOUT_MS = 10_000

/**
 * Asks an address as anybody would. Never throws: status 0 is no answer, and the body then says why.
 * @param headers what to send along
 */
export async function askUrl(
  url: string,
  { signal, headers }: { signal?: AbortSignal; headers?: Record<string, string> } = {},
): Promise<PageAnswer> {
  const ended = AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])])
  try {
    const response = await fetch(url, { signal: ended, redirect: 'manual', ...(headers && { headers }) })
    const body = Buffer.from(await response.arrayBuffer())
    return { status: response.status, headers: Object.fromEntries(response.headers), body }
  } catch (error) {
    signal?.throwIfAborted()
    const { message, cause } = error as Error
    return { status: 0, headers: {}, body: Buffer.from(cause instanceof Error ? cause.message : message) }
  }
}
