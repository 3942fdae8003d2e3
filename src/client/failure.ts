import type { Problem } from '../contract/problem.ts'
import { type FailureCode, HelixError, isFailureCode } from '../errors.ts'

const BY_STATUS: Record<number, FailureCode> = {
  400: 'request_invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  410: 'not_resumable',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  422: 'idempotency_mismatch',
  429: 'rate_limited',
  500: 'internal',
}

/** What the wire says of a failure, as the error of the same code; `fallback` names one of no known code. */
export function problemError(problem: Partial<Problem>, fallback: FailureCode): HelixError {
  const code = isFailureCode(problem.code) ? problem.code : fallback
  const { detail, title, hint, message, requestId, status, retryAfterMs, until, readOnly } = problem
  const details = { status, requestId, message, retryAfterMs, until, readOnly }
  return new HelixError(code, detail ?? title ?? `The gateway answered ${status ?? 'with a failure'}`, {
    ...hintOf(code, hint),
    details: Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined)),
  })
}

/** Reads the failure out of a response that is not `ok`; what no gateway of ours wrote counts as unreachable. */
export async function responseError(response: Response): Promise<HelixError> {
  const body = await response.text().then(parsed, () => undefined)
  const problem = typeof body === 'object' && body !== null ? (body as Partial<Problem>) : {}
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  return problemError(
    {
      ...problem,
      status: response.status,
      ...(Number.isFinite(retryAfter) ? { retryAfterMs: retryAfter * 1000 } : {}),
    },
    BY_STATUS[response.status] ?? 'gateway_unreachable',
  )
}

// Whoever asks for a stream is told in its one event.
function parsed(text: string): unknown {
  try {
    return JSON.parse(/^event: error\ndata: (.*)$/m.exec(text)?.[1] ?? text)
  } catch {
    return undefined
  }
}

/** The failure of a gateway that cannot be reached at `url`. */
export function unreachable(url: string, cause: unknown): HelixError {
  return new HelixError('gateway_unreachable', `No gateway answers at ${url}`, {
    hint: 'Run `helix up`.',
    next: ['helix up'],
    cause,
  })
}

function hintOf(code: FailureCode, hint: string | undefined): { hint?: string; next?: string[] } {
  if (hint) return { hint }
  return code === 'unauthorized' ? { hint: 'Sign in with `helix login`.', next: ['helix login'] } : {}
}
