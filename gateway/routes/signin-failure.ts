import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { redact } from '../../src/audit/redact.ts'
import { HelixError } from '../../src/errors.ts'
import type { Claims } from '../../src/signin/claims.ts'
import { SignInError } from '../../src/signin/failure.ts'
import type { Verifier } from '../../src/signin/verifier.ts'
import { bearerToken } from '../middleware/bearer.ts'

const VERSION_HEADER = 'X-Supabase-Api-Version'
/** Since this version a client reads `code` as a word; before it, as the HTTP status. */
const WORDED_CODES = '2024-01-01'

/**
 * The claims of the request's Bearer token, in GoTrue's failures.
 * @throws SignInError `no_authorization`, `bad_jwt`, `session_not_found`
 */
export async function bearerClaims(verifier: Verifier, c: Context): Promise<Claims> {
  const token = bearerToken(c.req.header('authorization'))
  if (token === undefined) {
    throw new SignInError('no_authorization', 'This endpoint requires a valid Bearer token')
  }
  try {
    return await verifier.verify(token)
  } catch (error) {
    if (!(error instanceof HelixError) || error.code !== 'unauthorized') throw error
    if (error.details?.reason === 'revoked') {
      throw new SignInError('session_not_found', 'Session from session_id claim in JWT does not exist')
    }
    throw new SignInError('bad_jwt', `invalid JWT: ${error.message}`)
  }
}

/** Answers failures in GoTrue's shape, in the words of the API version the client asks for. */
export function signInFailure(onUnexpected: (error: unknown) => void) {
  return function signInFailure(thrown: unknown, c: Context): Response {
    const { code, message, status, reasons, retryAfterMs } = foreseen(thrown, onUnexpected)
    const worded = wantsWords(c.req.header(VERSION_HEADER))
    if (worded) c.header(VERSION_HEADER, WORDED_CODES)
    if (retryAfterMs !== undefined)
      c.header('Retry-After', String(Math.max(1, Math.ceil(retryAfterMs / 1000))))
    c.header('X-SB-Error-Code', code)
    const shape = worded ? { code, message } : { code: status, error_code: code, msg: message }
    return c.json(
      { ...shape, ...(reasons && { weak_password: { reasons } }) },
      status as ContentfulStatusCode,
    )
  }
}

interface Failure {
  code: string
  message: string
  status: number
  reasons?: readonly string[] | undefined
  retryAfterMs?: number | undefined
}

/** Versions are dates; what is none means the first, as GoTrue takes it. */
function wantsWords(version = ''): boolean {
  return /^2\d{3}-\d\d-\d\d$/.test(version) && version >= WORDED_CODES
}

function foreseen(thrown: unknown, onUnexpected: (error: unknown) => void): Failure {
  if (thrown instanceof SignInError) return thrown
  if (thrown instanceof HelixError && thrown.code === 'request_invalid') {
    return new SignInError('bad_json', redact(thrown.message))
  }
  onUnexpected(thrown)
  const status = thrown instanceof HelixError && thrown.status === 503 ? 503 : 500
  return {
    code: 'unexpected_failure',
    message: 'Unexpected failure, please check server logs for more information',
    status,
  }
}
