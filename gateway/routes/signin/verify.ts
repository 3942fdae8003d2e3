import { type Context, Hono } from 'hono'
import { SignInError } from '../../../src/signin/failure.ts'
import { isLinkType } from '../../../src/signin/links.ts'
import type { Session } from '../../../src/signin/sessions.ts'
import type { SignInRouteDeps } from './deps.ts'
import { clientOf, redirectOf } from './request.ts'

/** Where one-time links lead. */
export function verifyRoutes(deps: SignInRouteDeps) {
  return new Hono().get('/verify', async (c) => c.redirect(await followLink(deps, c), 303))
}

/** Resolves to where the browser goes on: with its tokens in the fragment, or with the reason why not. */
async function followLink(deps: SignInRouteDeps, c: Context): Promise<string> {
  const type = c.req.query('type')
  const token = c.req.query('token')
  if (!isLinkType(type) || !token) {
    throw new SignInError('validation_failed', 'Verify requires a token and a verification type')
  }
  // A preview that asks with HEAD must not spend the link.
  if (c.req.method === 'HEAD') throw new SignInError('validation_failed', 'Use GET', { status: 405 })
  const target = redirectOf(deps, c)
  try {
    const session = await deps.accounts.followLink(type, token, clientOf(deps, c))
    return withFragment(target, { ...tokensOf(session), type })
  } catch (error) {
    if (!(error instanceof SignInError)) throw error
    return withFragment(target, {
      error: 'access_denied',
      error_code: error.code,
      error_description: error.message,
    })
  }
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

function withFragment(target: string, fields: Record<string, string>): string {
  return `${target}#${new URLSearchParams(fields)}`
}
