import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { plainFiles } from '../files.ts'
import { type Keys, loadKeys } from './keys.ts'
import { ownTokens, sharedSecretTokens, supabaseTokens } from './token-sources.ts'
import { signAccessToken } from './tokens.ts'
import type { User } from './users.ts'
import { createVerifier } from './verifier.ts'

const SUBJECT = '6f1c1c1e-2f0f-4b7e-9c39-0d7f0d5f9a11'
const SESSION = '3f1f0f3a-0a4b-4f0e-8a51-6f5d2f1c0b22'
const USER: User = {
  id: SUBJECT,
  aud: 'authenticated',
  role: 'authenticated',
  email: 'ada@example.com',
  phone: '',
  app_metadata: {},
  user_metadata: {},
  identities: [],
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  is_anonymous: false,
}
const seconds = () => Math.floor(Date.now() / 1000)
const reason = (value: string) => ({ code: 'unauthorized', details: { reason: value } })

describe('own tokens', () => {
  let dataDir: string
  let keys: Keys
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'helix-verifier-'))
    keys = await loadKeys(dataDir, plainFiles)
  })
  afterAll(() => rm(dataDir, { recursive: true }))

  const sign = (now = seconds()) =>
    signAccessToken(keys, { user: USER, sessionId: SESSION, level: 'aal1', methods: [], now })
  const verifier = (revoked = new Set<string>()) =>
    createVerifier({ sources: [ownTokens(keys)], isRevoked: (id) => revoked.has(id) })

  test('give their claims', async () => {
    expect(await verifier().verify(await sign())).toMatchObject({ sub: SUBJECT, session_id: SESSION })
  })

  test('expire, remembered or not', async () => {
    const judge = verifier()
    await expect(judge.verify(await sign(seconds() - 3600))).rejects.toMatchObject(reason('expired'))
    const ending = await sign(seconds() - 3598)
    await judge.verify(ending)
    await expect
      .poll(
        () =>
          judge.verify(ending).then(
            () => 'valid',
            (error) => error.details.reason,
          ),
        {
          timeout: 5000,
        },
      )
      .toBe('expired')
  })

  test('are refused from the moment their session ends, though remembered', async () => {
    const revoked = new Set<string>()
    const judge = verifier(revoked)
    const token = await sign()
    await judge.verify(token)
    revoked.add(SESSION)
    await expect(judge.verify(token)).rejects.toMatchObject(reason('revoked'))
  })

  test('hold only with our key, issuer, audience and algorithm', async () => {
    const build = (change: (jwt: SignJWT) => SignJWT, header = {}) =>
      change(
        new SignJWT({ role: 'authenticated' })
          .setProtectedHeader({ alg: 'ES256', kid: keys.kid, ...header })
          .setIssuer(keys.issuer)
          .setSubject(SUBJECT)
          .setAudience('authenticated')
          .setExpirationTime('1h'),
      )
    const stranger = await generateKeyPair('ES256')
    const [header = '', payload = ''] = (await sign()).split('.')
    const publicKeyAsSecret = new TextEncoder().encode(JSON.stringify(keys.jwks.keys[0]))
    const same = (jwt: SignJWT) => jwt
    await verifier().verify(await build(same).sign(keys.signingKey))
    const bad = await Promise.all([
      build(same).sign(stranger.privateKey),
      build((jwt) => jwt.setIssuer('https://elsewhere.example')).sign(keys.signingKey),
      build((jwt) => jwt.setAudience('other')).sign(keys.signingKey),
      build((jwt) => jwt.setSubject('no-uuid')).sign(keys.signingKey),
      build(same, { kid: 'unknown' }).sign(keys.signingKey),
      build(same, { alg: 'HS256' }).sign(publicKeyAsSecret),
      `${header}.${payload}.`,
      `${btoa('{"alg":"none"}')}.${payload}.`,
      keys.anonKey,
      '',
      '..',
    ])
    for (const token of bad) await expect(verifier().verify(token)).rejects.toMatchObject(reason('invalid'))
  })
})

describe('tokens of a Supabase project', () => {
  let server: Server
  let url: string
  let privateKey: CryptoKey
  let fetched = 0
  let broken = false

  beforeAll(async () => {
    const pair = await generateKeyPair('ES256')
    privateKey = pair.privateKey
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'project', alg: 'ES256', use: 'sig' }
    server = createServer((request, response) => {
      fetched += 1
      response.statusCode = broken || request.url !== '/auth/v1/.well-known/jwks.json' ? 503 : 200
      response.end(JSON.stringify({ keys: [jwk] }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  const token = (header: { alg: string; kid?: string }, key: CryptoKey | Uint8Array, subject = SUBJECT) =>
    new SignJWT({ role: 'authenticated', session_id: SESSION })
      .setProtectedHeader(header)
      .setIssuer(`${url}/auth/v1`)
      .setSubject(subject)
      .setAudience('authenticated')
      .setExpirationTime('1h')
      .sign(key)

  test('are verified with its key set, fetched once', async () => {
    const judge = createVerifier({
      sources: [supabaseTokens({ url: `${url}/`, fetch })],
      isRevoked: () => false,
    })
    for (let round = 0; round < 3; round += 1) {
      const signed = await token({ alg: 'ES256', kid: 'project' }, privateKey)
      expect(await judge.verify(signed)).toMatchObject({ sub: SUBJECT })
    }
    expect(fetched).toBe(1)
    const unknown = await token({ alg: 'ES256', kid: 'other' }, privateKey)
    await expect(judge.verify(unknown)).rejects.toMatchObject(reason('invalid'))
  })

  test('are nobody’s fault while the key set cannot be read', async () => {
    broken = true
    const sources = [supabaseTokens({ url, fetch })]
    const judge = createVerifier({ sources, isRevoked: () => false })
    const signed = await token({ alg: 'ES256', kid: 'project' }, privateKey)
    await expect(judge.verify(signed)).rejects.toMatchObject({ code: 'signin_unavailable', status: 503 })
    broken = false
    expect(await judge.verify(signed)).toMatchObject({ sub: SUBJECT })
  })

  test('of the older kind are verified with the shared secret', async () => {
    const secret = 'a-shared-secret-of-at-least-32-characters'
    const key = new TextEncoder().encode(secret)
    const sources = [supabaseTokens({ url, fetch }), sharedSecretTokens({ url, secret })]
    const judge = createVerifier({ sources, isRevoked: () => false })
    expect(await judge.verify(await token({ alg: 'HS256' }, key))).toMatchObject({ sub: SUBJECT })
    const wrong = await token({ alg: 'HS256' }, new TextEncoder().encode(`${secret}!`))
    await expect(judge.verify(wrong)).rejects.toMatchObject(reason('invalid'))
    const without = createVerifier({ sources: sources.slice(0, 1), isRevoked: () => false })
    await expect(without.verify(await token({ alg: 'HS256' }, key))).rejects.toMatchObject(reason('invalid'))
  })
})
