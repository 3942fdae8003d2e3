import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { HelixError } from '../../src/errors.ts'
import type { People } from '../../src/people/people.ts'
import type { Person } from '../../src/people/person.ts'
import type { AccessTokens } from '../../src/signin/access-tokens/access-tokens.ts'
import { looksLikeAccessToken } from '../../src/signin/access-tokens/format.ts'
import type { TokenUse } from '../../src/signin/access-tokens/verify.ts'
import type { Verifier } from '../../src/signin/verifier.ts'
import { bearerToken } from './bearer.ts'

/** What {@link authenticate} needs of a request and leaves in its context. */
export interface Authenticated {
  /** `owner` is set by the private-socket listener alone; no header can set it. */
  Bindings: { owner?: boolean }
  Variables: { person: Person; accessToken: TokenUse | undefined }
}

interface AuthenticateDeps {
  verifier: Verifier
  people: People
  /** Without it no personal access token is known. */
  accessTokens?: Pick<AccessTokens, 'verify'>
}

/**
 * Lets only known people pass and sets `c.var.person`. A Bearer token names the person, that of a session or a
 * personal access token, which is then in `c.var.accessToken`; over the private socket, where no token is needed, it
 * is the creator.
 * @throws HelixError `unauthorized`, with `WWW-Authenticate` set on the response.
 */
export function authenticate({ verifier, people, accessTokens }: AuthenticateDeps) {
  async function personOf(c: Context<Authenticated>, token: string): Promise<Person> {
    if (!accessTokens || !looksLikeAccessToken(token)) return people.fromClaims(await verifier.verify(token))
    const use = await accessTokens.verify(token)
    c.set('accessToken', use)
    return people.byId(use.userId)
  }

  return createMiddleware<Authenticated>(async function authenticate(c, next) {
    const authorization = c.req.header('authorization')
    if (authorization === undefined && c.env?.owner === true) {
      c.set('person', await people.owner())
      return next()
    }
    try {
      c.set('person', await personOf(c, requireToken(authorization)))
    } catch (error) {
      if (error instanceof HelixError && error.code === 'unauthorized') {
        c.header('WWW-Authenticate', challenge(authorization))
      }
      throw error
    }
    return next()
  })
}

function requireToken(authorization: string | undefined): string {
  const token = bearerToken(authorization)
  if (token !== undefined) return token
  const message = authorization === undefined ? 'No access token was sent' : 'Only Bearer tokens are accepted'
  throw new HelixError('unauthorized', message, {
    hint: 'Sign in with `helix login`, or send `Authorization: Bearer <access token>`.',
    next: ['helix login'],
  })
}

/** RFC 6750: a request without a token is asked for one, without an error code. */
function challenge(authorization: string | undefined): string {
  return authorization === undefined ? 'Bearer realm="helix"' : 'Bearer realm="helix", error="invalid_token"'
}
