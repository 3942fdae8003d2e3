import { hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import { chmod, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import { z } from 'zod'
import { Secret } from '../config/secret.ts'
import { HelixError } from '../errors.ts'
import type { Files } from '../files.ts'

/** The one algorithm of Helix's own tokens. */
export const SIGNING_ALGORITHM = 'ES256'

const PrivateJwk = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  kid: z.string().min(1),
  x: z.string(),
  y: z.string(),
  d: z.string(),
})
type PrivateJwk = z.infer<typeof PrivateJwk>

/** `keys.json`: the first key signs; those after it only verify, until the last token they signed is gone. */
const KeyFile = z.object({
  version: z.literal(1),
  issuer: z.string().min(1),
  keys: z.array(PrivateJwk).min(1),
  refreshSecret: z.string().min(43),
  factorSecret: z.string().min(43).optional(),
  anonKey: z.string(),
  serviceRoleKey: z.string(),
})
type KeyFile = z.infer<typeof KeyFile>

/** What this installation signs and verifies with. Never log it. */
export interface Keys {
  /** `iss` of every token; it stays when the address of the gateway changes. */
  readonly issuer: string
  readonly kid: string
  readonly signingKey: CryptoKey
  /** Public keys by `kid`, for verifying. */
  readonly publicKeys: ReadonlyMap<string, CryptoKey>
  /** As `/.well-known/jwks.json` shows them. */
  readonly jwks: { readonly keys: readonly JWK[] }
  /** Derives each refresh token from the one before; 256 bits. */
  readonly refreshSecret: Secret
  /** Encrypts the secrets of second factors in the database; 256 bits, base64url. */
  readonly factorKey: Secret
  /** A JWT of role `anon`; public. */
  readonly anonKey: string
  /** A JWT of role `service_role`; whoever holds it passes row-level security. */
  readonly serviceRoleKey: Secret
}

/**
 * Reads `<dataDir>/keys.json`, made (0600, synced) at the first call, once even when two processes begin together.
 * @throws HelixError `config_invalid` when the file is not a key file of Helix.
 */
export async function loadKeys(dataDir: string, files: Pick<Files, 'create'>): Promise<Keys> {
  const path = join(dataDir, 'keys.json')
  let text = await readIfThere(path)
  if (text === undefined) {
    await files.create(path, `${JSON.stringify(await newKeyFile(), null, 2)}\n`)
    text = await readFile(path, 'utf8')
  }
  return importKeys(parseKeyFile(path, text))
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    if (((await stat(path)).mode & 0o077) !== 0) await chmod(path, 0o600)
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function parseKeyFile(path: string, text: string): KeyFile {
  try {
    return KeyFile.parse(JSON.parse(text))
  } catch {
    throw new HelixError('config_invalid', `${path} is not a key file of Helix`, {
      hint: 'Restore it from a backup; without it everyone has to sign in again.',
    })
  }
}

async function newKeyFile(): Promise<KeyFile> {
  const { privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true })
  const key = PrivateJwk.parse({ ...(await exportJWK(privateKey)), kid: randomUUID() })
  const issuer = `urn:helix:${randomUUID()}`
  const roleKey = (role: string) =>
    new SignJWT({ role })
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid: key.kid, typ: 'JWT' })
      .setIssuer(issuer)
      .setIssuedAt()
      .setExpirationTime('10y')
      .sign(privateKey)
  return {
    version: 1,
    issuer,
    keys: [key],
    refreshSecret: randomBytes(32).toString('base64url'),
    factorSecret: randomBytes(32).toString('base64url'),
    anonKey: await roleKey('anon'),
    serviceRoleKey: await roleKey('service_role'),
  }
}

async function importKeys({
  keys,
  issuer,
  refreshSecret,
  anonKey,
  serviceRoleKey,
  ...more
}: KeyFile): Promise<Keys> {
  const [signing] = keys
  if (!signing) throw new HelixError('config_invalid', 'keys.json holds no key')
  const shown = keys.map(publicJwk)
  const imported = await Promise.all(shown.map(async (jwk) => [jwk.kid, await importKey(jwk)] as const))
  return {
    issuer,
    kid: signing.kid,
    signingKey: await importKey(signing),
    publicKeys: new Map(imported),
    jwks: { keys: shown },
    refreshSecret: new Secret(refreshSecret),
    factorKey: factorKeyOf({ refreshSecret, ...more }),
    anonKey,
    serviceRoleKey: new Secret(serviceRoleKey),
  }
}

/** The key that second factors are locked with, in the text of a `keys.json`. @throws HelixError `config_invalid` */
export function factorKeyIn(text: string): Secret {
  return factorKeyOf(parseKeyFile('keys.json', text))
}

function factorKeyOf({
  factorSecret,
  refreshSecret,
}: Pick<KeyFile, 'factorSecret' | 'refreshSecret'>): Secret {
  return new Secret(factorSecret ?? derived(refreshSecret))
}

/** For key files from before second factors. */
function derived(secret: string): string {
  return Buffer.from(hkdfSync('sha256', secret, '', 'helix second factors', 32)).toString('base64url')
}

function publicJwk({ kty, crv, kid, x, y }: PrivateJwk) {
  return { kty, crv, kid, x, y, alg: SIGNING_ALGORITHM, use: 'sig' }
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, SIGNING_ALGORITHM)
  if (key instanceof Uint8Array) throw new HelixError('config_invalid', 'keys.json holds a shared secret')
  return key
}
