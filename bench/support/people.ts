import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { request } from 'undici'
import { openPostgres } from '../../src/db/postgres.ts'
import { plainFiles } from '../../src/files.ts'
import { loadKeys } from '../../src/signin/keys.ts'
import { AUDIENCE } from '../../src/signin/tokens.ts'
import type { BenchGateway } from './helix.ts'

/**
 * Signs `count` people in and lets the gateway see each once, so that the default limits of one person (messages a
 * minute, open replies) never decide a figure. Resolves to their access tokens.
 *
 * Their accounts are written to the database and their tokens signed with the gateway's key: to sign up hundreds
 * over HTTP is what the limit on sign-ups prevents.
 */
export async function signInPeople(gateway: BenchGateway, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID())
  const owner = await openPostgres({ connectionString: gateway.databaseUrl, max: 1 })
  await owner.transaction('owner', (tx) =>
    tx.query(
      `insert into auth.users (id, aud, role, email, email_confirmed_at)
       select id, $2, $2, id || '@example.com', now() from unnest($1::uuid[]) as id`,
      [ids, AUDIENCE],
    ),
  )
  await owner.close()
  const tokens = await Promise.all(ids.map(await createSigner(gateway.dataDir)))
  for (const token of tokens) await beSeen(gateway.url, token)
  return tokens
}

async function createSigner(dataDir: string): Promise<(userId: string) => Promise<string>> {
  const { kid, issuer, signingKey } = await loadKeys(dataDir, plainFiles)
  return (userId) =>
    new SignJWT({ role: AUDIENCE, email: `${userId}@example.com`, session_id: randomUUID(), aal: 'aal1' })
      .setProtectedHeader({ alg: 'ES256', kid, typ: 'JWT' })
      .setIssuer(issuer)
      .setSubject(userId)
      .setAudience(AUDIENCE)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(signingKey)
}

async function beSeen(url: string, token: string): Promise<void> {
  const { statusCode, body } = await request(`${url}/api/conversations`, {
    headers: { authorization: `Bearer ${token}` },
  })
  if (statusCode !== 200)
    throw new Error(`GET /api/conversations answered ${statusCode}: ${await body.text()}`)
  await body.dump()
}
