import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose'
import { HelixError } from '../errors.ts'
import { type Keys, SIGNING_ALGORITHM } from './keys.ts'
import { AUDIENCE } from './tokens.ts'

/**
 * One signer we trust: resolves to the payload of its token, or undefined when the header names another's key;
 * rejects when the token does not hold, or with HelixError `signin_unavailable` when its key cannot be had.
 */
export type TokenSource = (
  token: string,
  header: ProtectedHeaderParameters,
) => Promise<JWTPayload | undefined>

/** Tokens signed by this installation. */
export function ownTokens(keys: Keys): TokenSource {
  return async (token, { kid }) => {
    const key = kid === undefined ? undefined : keys.publicKeys.get(kid)
    if (!key) return undefined
    return verified(token, key, { algorithms: [SIGNING_ALGORITHM], issuer: keys.issuer })
  }
}

interface SupabaseTokens {
  /** The project's address, as `SUPABASE_URL` gives it. */
  url: string
  fetch: typeof fetch
}

/** Tokens a Supabase project signs with one of its asymmetric keys, fetched from its JWKS when a new `kid` comes. */
export function supabaseTokens({ url, fetch }: SupabaseTokens): TokenSource {
  const issuer = supabaseIssuer(url)
  const keySet = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), { [customFetch]: fetch })
  const findKey: KeyFinder = (header, token) => keySet(header, token).catch(orUnavailable)
  return async (token, { alg, kid }) => {
    if (kid === undefined || alg?.startsWith('HS')) return undefined
    return verified(token, findKey, { algorithms: ['ES256', 'RS256', 'EdDSA'], issuer })
  }
}

/** Tokens a Supabase project signs with its shared secret (`SUPABASE_JWT_SECRET`). */
export function sharedSecretTokens({ url, secret }: { url: string; secret: string }): TokenSource {
  const key = new TextEncoder().encode(secret)
  const issuer = supabaseIssuer(url)
  return async (token, { alg }) =>
    alg === 'HS256' ? verified(token, key, { algorithms: ['HS256'], issuer }) : undefined
}

function supabaseIssuer(url: string): string {
  return `${url.replace(/\/+$/, '')}/auth/v1`
}

/** A key set without the key is the token's own fault; one that cannot be read is not. */
function orUnavailable(error: unknown): never {
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JOSENotSupported) throw error
  throw new HelixError('signin_unavailable', 'The keys that verify access tokens cannot be fetched', {
    hint: 'Check SUPABASE_URL and the status of the Supabase project, then try again.',
    cause: error,
  })
}

type KeyFinder = JWTVerifyGetKey

interface Rules {
  algorithms: string[]
  issuer: string
}

async function verified(
  token: string,
  key: CryptoKey | Uint8Array | KeyFinder,
  rules: Rules,
): Promise<JWTPayload> {
  const options = { ...rules, audience: AUDIENCE, requiredClaims: ['sub', 'exp'] }
  const { payload } =
    typeof key === 'function' ? await jwtVerify(token, key, options) : await jwtVerify(token, key, options)
  return payload
}
