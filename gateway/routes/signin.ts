import { type Context, Hono } from 'hono'
import type { Accounts } from '../../src/signin/accounts.ts'
import { SignInError } from '../../src/signin/failure.ts'
import type { Keys } from '../../src/signin/keys.ts'
import { isLinkType } from '../../src/signin/links.ts'
import { safeRedirect } from '../../src/signin/redirects.ts'
import { parseBody, parsePasswordGrant, parseRefreshGrant, parseSignUp } from '../../src/signin/requests.ts'
import type { ClientInfo, Session } from '../../src/signin/sessions.ts'
import { SIGN_OUT_SCOPES, type SignOutScope } from '../../src/signin/sign-out.ts'
import type { Verifier } from '../../src/signin/verifier.ts'
import { cutOff } from '../body.ts'
import { limitBody } from '../middleware/limit-body.ts'
import { bearerClaims, signInFailure } from './signin-failure.ts'

const LONGEST_BODY = 32 * 1024

export interface SignInRouteDeps {
  accounts: Accounts
  keys: Pick<Keys, 'jwks'>
  verifier: Verifier
  /** The gateway's own address, as `http://127.0.0.1:3000`. */
  origin: () => string
  /** Further origins that may receive tokens after a link was followed. */
  redirectOrigins: readonly string[]
  release: string
  /** The address a request comes from, as far as it can be trusted. */
  clientAddress?: (c: Context) => string | null
  /** Told of failures nobody foresaw; the client learns nothing of them. */
  onUnexpected: (error: unknown) => void
}

/** Sign-in under `/auth/v1`, as an unmodified GoTrue client expects it. */
export function signinRoutes(deps: SignInRouteDeps) {
  const { accounts } = deps
  const redirect = (c: Context) =>
    safeRedirect(c.req.query('redirect_to'), { origin: deps.origin(), allowed: deps.redirectOrigins })
  const client = (c: Context): ClientInfo => ({
    userAgent: c.req.header('user-agent') ?? null,
    address: deps.clientAddress?.(c) ?? null,
  })
  return new Hono()
    .onError(signInFailure(deps.onUnexpected))
    .use(limitBody(LONGEST_BODY, refuseLargeBody), keepOutOfCaches)
    .post('/signup', async (c) => {
      const person = parseSignUp(await readBody(c))
      return c.json(await accounts.signUp(person, client(c), redirect(c)))
    })
    .post('/token', async (c) => c.json(await grant(accounts, c, client(c))))
    .get('/user', async (c) => c.json(await accounts.getUser(await bearerClaims(deps.verifier, c))))
    .post('/logout', async (c) => {
      await accounts.signOut(await bearerClaims(deps.verifier, c), signOutScope(c.req.query('scope')))
      return c.body(null, 204)
    })
    .get('/verify', async (c) => c.redirect(await followLink(accounts, c, client(c), redirect(c)), 303))
    .get('/settings', (c) => c.json(settings(accounts)))
    .get('/health', (c) => c.json({ name: 'Helix', version: deps.release, description: 'Sign-in of Helix' }))
    .get('/.well-known/jwks.json', (c) => {
      c.header('Cache-Control', 'public, max-age=600')
      return c.json(deps.keys.jwks)
    })
    .all('*', (c) => {
      throw new SignInError('validation_failed', `No route ${c.req.method} ${c.req.path}`, { status: 404 })
    })
}

async function keepOutOfCaches(c: Context, next: () => Promise<void>): Promise<void> {
  c.header('Cache-Control', 'no-store')
  c.header('Referrer-Policy', 'no-referrer')
  await next()
}

function refuseLargeBody(): never {
  throw new SignInError('validation_failed', `The request body is longer than ${LONGEST_BODY} bytes`, {
    status: 413,
  })
}

async function readBody(c: Context): Promise<Record<string, unknown>> {
  return parseBody(await c.req.text().catch(cutOff))
}

async function grant(accounts: Accounts, c: Context, client: ClientInfo): Promise<Session> {
  switch (c.req.query('grant_type')) {
    case 'password':
      return accounts.signInWithPassword(parsePasswordGrant(await readBody(c)), client)
    case 'refresh_token':
      return accounts.refresh(parseRefreshGrant(await readBody(c)), client)
    default:
      throw new SignInError('invalid_credentials', 'unsupported_grant_type')
  }
}

function signOutScope(given = 'global'): SignOutScope {
  const scope = SIGN_OUT_SCOPES.find((known) => known === given)
  if (!scope) throw new SignInError('validation_failed', 'Unsupported logout scope')
  return scope
}

/** Resolves to where the browser goes on: with its tokens in the fragment, or with the reason why not. */
async function followLink(
  accounts: Accounts,
  c: Context,
  client: ClientInfo,
  target: string,
): Promise<string> {
  const type = c.req.query('type')
  const token = c.req.query('token')
  if (!isLinkType(type) || !token) {
    throw new SignInError('validation_failed', 'Verify requires a token and a verification type')
  }
  // A preview that asks with HEAD must not spend the link.
  if (c.req.method === 'HEAD') throw new SignInError('validation_failed', 'Use GET', { status: 405 })
  try {
    return withFragment(target, { ...tokensOf(await accounts.followLink(type, token, client)), type })
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

function settings({ autoConfirm }: Accounts) {
  return {
    external: { email: true, phone: false, anonymous_users: false },
    disable_signup: false,
    mailer_autoconfirm: autoConfirm,
    phone_autoconfirm: false,
    sms_provider: '',
    saml_enabled: false,
  }
}
