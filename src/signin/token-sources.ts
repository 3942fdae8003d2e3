import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTPayload,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose'
import { type Keys, SIGNING_ALGORITHM } from './keys.ts'
import { AUDIENCE } from './tokens.ts'

/**
 * One signer we trust: resolves to the payload of its token, or undefined when the header names another's key;
 * rejects when the token does not hold.
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
  return async (token, { alg, kid }) => {
    if (kid === undefined || alg?.startsWith('HS')) return undefined
    return verified(token, keySet, { algorithms: ['ES256', 'RS256', 'EdDSA'], issuer })
  }
}

/** Tokens a Supabase project signs with its shared secret (`SUPABASE_JWT_SECRET`). */
export function sharedSecretTokens({ url, secret }: { url: string; secret: string }): TokenSource {
  const key = new TextEncoder().encode(secret)
  const issuer = supabaseIssuer(url)
  return async (token, { alg }) =>
    alg === 'HS256' ? verified(token, key, { algorithms: ['HS256'], issuer }) : undefined
}

/** Whether verifying failed for want of the keys, not for the token's own fault. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return true
  if (error instanceof errors.JOSEError) return error.code === 'ERR_JOSE_GENERIC'
  return error instanceof TypeError && error.cause !== undefined
}

function supabaseIssuer(url: string): string {
  return `${url.replace(/\/+$/, '')}/auth/v1`
}

type Verification = { algorithms: string[]; issuer: string }

async function verified(
  token: string,
  key: CryptoKey | Uint8Array | ReturnType<typeof createRemoteJWKSet>,
  rules: Verification,
): Promise<JWTPayload> {
  const options = { ...rules, audience: AUDIENCE, requiredClaims: ['sub', 'exp'] }
  const { payload } =
    typeof key === 'function' ? await jwtVerify(token, key, options) : await jwtVerify(token, key, options)
  return payload
}
