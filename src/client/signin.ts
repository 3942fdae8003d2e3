import type { PublicConfig } from '../contract/health.ts'
import { HelixError } from '../errors.ts'
import { unreachable } from './failure.ts'
import type { Connection } from './http.ts'

/** A signed-in person, as one device keeps it; `expiresAt` is in seconds since 1970. */
export interface Session {
  accessToken: string
  refreshToken: string
  expiresAt: number
  user: { id: string; email: string }
  /** The second factor that this session has not proved and must; undefined where there is none, or it has. */
  factorId?: string
}

/** Signing in where the gateway's public configuration says: its own sign-in, or the Supabase project's. */
export interface Signin {
  /** @throws HelixError `unauthorized` when email and password do not fit. */
  password(email: string, password: string): Promise<Session>
  /** Proves a second factor with a code of it. @throws HelixError `unauthorized` when the code is wrong. */
  code(session: Session, factorId: string, code: string): Promise<Session>
  /** Trades the refresh token for a new session; the old token is spent. @throws HelixError `unauthorized`. */
  refresh(refreshToken: string): Promise<Session>
  /** Ends this session at the server. */
  signOut(accessToken: string): Promise<void>
}

interface TokenAnswer {
  access_token: string
  refresh_token: string
  expires_in: number
  expires_at?: number
  user: { id: string; email?: string; factors?: { id: string; factor_type: string; status: string }[] }
}

/** Makes the sign-in of one gateway; `publicConfig` is asked once, at the first use. */
export function createSignin(
  { url, fetch }: Pick<Connection, 'url' | 'fetch'>,
  publicConfig: () => Promise<PublicConfig>,
): Signin {
  async function post(path: string, body: unknown, bearer?: string): Promise<unknown> {
    const { supabaseUrl, anonKey } = await publicConfig()
    const origin = supabaseUrl === '' ? url : supabaseUrl.replace(/\/+$/, '')
    const response = await fetch(`${origin}/auth/v1/${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        apikey: anonKey,
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      },
      body: JSON.stringify(body),
    }).catch((cause: unknown) => {
      throw unreachable(origin, cause)
    })
    if (!response.ok) throw await refusal(response)
    const text = await response.text()
    return text === '' ? undefined : JSON.parse(text)
  }

  return {
    async password(email, password) {
      const answer = await post('token?grant_type=password', { email, password })
      const factor = (answer as TokenAnswer).user.factors?.find(
        ({ factor_type, status }) => factor_type === 'totp' && status === 'verified',
      )
      return { ...session(answer), ...(factor && { factorId: factor.id }) }
    },
    async code({ accessToken }, factorId, code) {
      const challenge = await post(`factors/${factorId}/challenge`, {}, accessToken)
      const { id } = challenge as { id: string }
      return session(await post(`factors/${factorId}/verify`, { challenge_id: id, code }, accessToken))
    },
    refresh: async (token) => session(await post('token?grant_type=refresh_token', { refresh_token: token })),
    signOut: async (accessToken) => void (await post('logout?scope=local', {}, accessToken)),
  }
}

function session(answer: unknown): Session {
  const { access_token, refresh_token, expires_in, expires_at, user } = answer as TokenAnswer
  return {
    accessToken: access_token,
    refreshToken: refresh_token,
    expiresAt: expires_at ?? Math.floor(Date.now() / 1000) + expires_in,
    user: { id: user.id, email: user.email ?? '' },
  }
}

// GoTrue's own error shapes: `{error_code, msg}` since 2024-01-01, `{error, error_description}` before.
async function refusal(response: Response): Promise<HelixError> {
  const body: unknown = await response.json().catch(() => undefined)
  const { msg, error_description, error_code } = (body ?? {}) as Record<string, string | undefined>
  const message = msg ?? error_description ?? `Sign-in answered ${response.status}`
  if (response.status === 429)
    return new HelixError('rate_limited', message, { hint: 'Wait a minute, then try again.' })
  if (response.status >= 500)
    return new HelixError('gateway_unreachable', message, { hint: 'Try again in a moment.' })
  return new HelixError('unauthorized', message, {
    hint: 'Sign in again with `helix login`.',
    next: ['helix login'],
    details: { reason: error_code },
  })
}
