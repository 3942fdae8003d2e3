import { type Context, Hono } from 'hono'
import { SignInError } from '../../../src/signin/failure.ts'
import { parseVerify } from '../../../src/signin/requests/verify.ts'
import type { Session } from '../../../src/signin/sessions.ts'
import { type Followed, isAwaited, isVerificationType } from '../../../src/signin/verification.ts'
import type { SignInRouteDeps } from './deps.ts'
import { clientOf, limited, readBody, redirectOf } from './request.ts'

/** What is said when one of two addresses has agreed to a change. */
const AGREED = 'Confirmation link accepted. Please proceed to confirm link sent to the other email'

/** Where one-time links lead, and where codes are shown. */
export function verifyRoutes(deps: SignInRouteDeps) {
  const follow = async (c: Context) => c.redirect(await followLink(deps, c), 303)

  async function verify(c: Context): Promise<Response> {
    const { type, proof } = parseVerify(await readBody(c))
    const verified = await deps.accounts.verify(type, proof, clientOf(c))
    return c.json(verified.kind === 'session' ? verified.session : { msg: AGREED, code: '200' })
  }

  return new Hono()
    .get('/verify', limited(deps, 'verifications', follow))
    .post('/verify', limited(deps, 'verifications', verify))
}

/** Resolves to where the browser goes on, with what came of it. */
async function followLink(deps: SignInRouteDeps, c: Context): Promise<string> {
  const type = c.req.query('type')
  const link = c.req.query('token')
  if (!type) throw new SignInError('validation_failed', 'Verify requires a verification type')
  if (!link) throw new SignInError('validation_failed', 'Verify requires a token or a token hash')
  // A preview that asks with HEAD must not spend the link.
  if (c.req.method === 'HEAD') throw new SignInError('validation_failed', 'Use GET', { status: 405 })
  const target = new URL(redirectOf(deps, c))
  const tell = (fields: Record<string, string>) => addressWith(target, fields, isAwaited(link))
  try {
    if (!isVerificationType(type)) {
      throw new SignInError('validation_failed', 'Invalid email verification type')
    }
    return goOn(target, await deps.accounts.followLink(type, link, clientOf(c)), { type, tell })
  } catch (error) {
    if (!(error instanceof SignInError)) throw error
    return tell(errorFields(error))
  }
}

function goOn(
  target: URL,
  followed: Followed,
  { type, tell }: { type: string; tell: (fields: Record<string, string>) => string },
): string {
  if (followed.kind === 'agreed') return tell({ message: AGREED })
  if (followed.kind === 'session') return addressWith(target, { ...tokensOf(followed.session), type }, false)
  target.searchParams.set('code', followed.code)
  return target.href
}

function tokensOf({ access_token, expires_at, expires_in, refresh_token, token_type }: Session) {
  return {
    access_token,
    expires_at: String(expires_at),
    expires_in: String(expires_in),
    refresh_token,
    token_type,
  }
}

/** OAuth's names for what a status means; others have none. */
const OAUTH_ERRORS: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'unauthorized_client',
  403: 'access_denied',
  500: 'server_error',
  503: 'temporarily_unavailable',
}

function errorFields({ code, status, message }: SignInError): Record<string, string> {
  const error = OAUTH_ERRORS[status]
  return { ...(error ? { error } : {}), error_code: code, error_description: message }
}

/** Fields in the fragment; for a program that waits for a code also in the query, where it looks. */
function addressWith(target: URL, fields: Record<string, string>, inQuery: boolean): string {
  const address = new URL(target)
  if (inQuery) for (const [name, value] of Object.entries(fields)) address.searchParams.set(name, value)
  address.hash = String(new URLSearchParams(fields))
  return address.href
}
