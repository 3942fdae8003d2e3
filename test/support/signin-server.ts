import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { authenticate } from '../../gateway/middleware/authenticate.ts'
import { localRoutes } from '../../gateway/routes/local.ts'
import { signinRoutes } from '../../gateway/routes/signin.ts'
import { readLogId } from '../../src/audit/append.ts'
import { type Audit, createAudit } from '../../src/audit/audit.ts'
import type { Database } from '../../src/db/database.ts'
import { openEmbedded } from '../../src/db/embedded.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { HelixError } from '../../src/errors.ts'
import { plainFiles } from '../../src/files.ts'
import { createLimiter } from '../../src/limits/create-limiter.ts'
import type { Limiter } from '../../src/limits/limiter.ts'
import { createPeopleChanges } from '../../src/people/changes.ts'
import { createErase, type Erase } from '../../src/people/deletion/erasure.ts'
import { ensureOwner } from '../../src/people/owner.ts'
import { createPeople } from '../../src/people/people.ts'
import { createAccounts } from '../../src/signin/accounts.ts'
import { createAccountAdmin } from '../../src/signin/admin/admin.ts'
import { type Keys, loadKeys } from '../../src/signin/keys.ts'
import { createSignInLimits, type SignInRates } from '../../src/signin/limits.ts'
import { createMailFolder } from '../../src/signin/mail/folder.ts'
import type { Mailer } from '../../src/signin/mail/mail.ts'
import { createPost } from '../../src/signin/mail/post.ts'
import { createFactors } from '../../src/signin/mfa/factors.ts'
import { createRevocations } from '../../src/signin/revocations.ts'
import { ownTokens } from '../../src/signin/token-sources.ts'
import { createVerifier } from '../../src/signin/verifier.ts'
import { createDatabase } from './postgres.ts'

const SCRIPTS = [
  'bootstrap/10_auth.sql',
  'migrations/20261123000100_audit.sql',
  'migrations/20261123000150_revoked_sessions.sql',
  'migrations/20261123000200_chat.sql',
  'migrations/20261123000300_turns.sql',
  'migrations/20261125110000_lost_signins.sql',
  'migrations/20261125110100_second_factors.sql',
  'migrations/20261125150000_access_tokens.sql',
  'migrations/20261125150200_account_deletion.sql',
  'migrations/20261125120000_rate_limits.sql',
]

const ROLES = `
  create schema if not exists helix;
  do $$
  declare wanted text;
  begin
    foreach wanted in array array['helix_gateway', 'anon', 'authenticated', 'service_role'] loop
      if not exists (select from pg_roles where rolname = wanted) then
        execute format('create role %I nologin', wanted);
      end if;
      execute format('grant %I to %I', wanted, current_user);
    end loop;
  end $$;
  grant usage on schema public, helix to helix_gateway;
`

export interface SignInDatabase {
  db: Database
  drop(): Promise<void>
}

/** A database as sign-in needs it, on a real PostgreSQL. */
export async function postgresForSignIn(): Promise<SignInDatabase> {
  const { url, drop } = await createDatabase()
  const owner = await openPostgres({ connectionString: url })
  await prepare(owner)
  await owner.close()
  const db = await openPostgres({ connectionString: url })
  return {
    db,
    async drop() {
      await db.close()
      await drop()
    },
  }
}

/** A database as sign-in needs it, in this process. */
export async function embeddedForSignIn(): Promise<SignInDatabase> {
  const db = await openEmbedded({ dataDir: 'memory://' })
  await prepare(db)
  await db.enterGatewayRole()
  return { db, drop: () => db.close() }
}

async function prepare(db: Database): Promise<void> {
  const scripts = SCRIPTS.map((path) => readFile(new URL(`../../supabase/${path}`, import.meta.url), 'utf8'))
  for (const sql of [ROLES, ...(await Promise.all(scripts))]) {
    await db.transaction('owner', (tx) => tx.script(sql))
  }
}

interface SignInServerOptions {
  autoConfirm?: boolean
  /** Where administration is written down, instead of the database's chain. */
  audit?: Pick<Audit, 'act'>
  /** What the server signs with, made of the keys of its data directory. */
  adaptKeys?: (keys: Keys, origin: () => string) => Keys
  /** Limits in place of ones no test reaches. */
  rates?: Partial<SignInRates>
  /** What sends the mails, instead of the folder. */
  mailer?: Mailer
  limiter?: Limiter
  /** What comes before a deletion, where the database has conversations to erase. */
  erase?: Erase
}

const NO_TEST_REACHES = 1_000_000
const RATES: SignInRates = {
  signUps: NO_TEST_REACHES,
  anonymousSignUps: NO_TEST_REACHES,
  signIns: NO_TEST_REACHES,
  tokens: NO_TEST_REACHES,
  verifications: NO_TEST_REACHES,
  mailRequests: NO_TEST_REACHES,
  factors: NO_TEST_REACHES,
  mailsPerHour: NO_TEST_REACHES,
}

/** A limiter for tests of what a limit would only make slow. */
export const unlimited: Limiter = {
  take: async (policy) => ({ policy, allowed: true, remaining: policy.points, resetMs: 0 }),
}

/** A limiter that no other server counts with. */
export function ownLimiter(): Limiter {
  const counts = new Map<string, number>()
  return {
    async take(policy, key, points = 1) {
      const name = `${policy.name} ${key}`
      const count = (counts.get(name) ?? 0) + points
      counts.set(name, count)
      const remaining = Math.max(policy.points - count, 0)
      return { policy, allowed: count <= policy.points, remaining, resetMs: policy.seconds * 1000 }
    },
  }
}

/** The sign-in part of a gateway, really listening, over its own data directory. */
export async function startSignInServer(
  db: Database,
  {
    autoConfirm = true,
    audit: given,
    adaptKeys = (keys) => keys,
    rates = {},
    mailer,
    limiter = createLimiter(db),
    erase = createErase({ db, turns: { halt: async () => {} } }),
  }: SignInServerOptions = {},
) {
  const dataDir = await mkdtemp(join(tmpdir(), 'helix-signin-'))
  const address = { origin: '' }
  const failures: unknown[] = []
  const keys = adaptKeys(await loadKeys(dataDir, plainFiles), () => address.origin)
  const reports: unknown[] = []
  const audit = given ?? createAudit(db, await readLogId(db))
  const revocations = await createRevocations(db)
  const changes = await createPeopleChanges(db)
  const limits = createSignInLimits(limiter, { ...RATES, ...rates })
  const onError = (error: unknown) => reports.push(error)
  const post = createPost({ mailer: mailer ?? createMailFolder(dataDir, plainFiles), limits, onError })
  const [origin, home] = [() => address.origin, () => `${address.origin}/`]
  const accounts = await createAccounts({
    db,
    audit,
    keys,
    revocations,
    limits,
    post,
    autoConfirm,
    origin,
    home,
  })
  const verifier = createVerifier({ sources: [ownTokens(keys)], isRevoked: revocations.isRevoked })
  const people = createPeople(db, { creatorId: await ensureOwner(db) })
  changes.subscribe((userId) => people.forget(userId ?? ''))
  const app = new Hono<{ Bindings: { owner?: boolean } }>()
    .onError((error, c) => {
      if (!(error instanceof HelixError)) failures.push(error)
      const { code, status } = error instanceof HelixError ? error : { code: 'internal', status: 500 }
      return Response.json({ code }, { status, headers: c.res.headers })
    })
    .route(
      '/auth/v1',
      signinRoutes({
        accounts,
        admin: createAccountAdmin({
          db,
          revocations,
          changes,
          isCreator: people.isCreator,
          erase,
          audit,
        }),
        factors: createFactors({ db, audit, keys, revocations, changes, issuer: () => 'Helix' }),
        keys,
        limits,
        verifier,
        home,
        redirectOrigins: () => [address.origin, 'tauri://localhost'],
        release: 'test',
        onUnexpected: (error) => failures.push(error),
      }),
    )
    .route('/local', localRoutes({ accounts, people }))
    .get('/me', authenticate({ verifier, people }), (c) => c.json(c.var.person))
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const listening = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(listening))
  })
  address.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    app,
    url: address.origin,
    dataDir,
    keys,
    accounts,
    people,
    revocations,
    failures,
    /** What went wrong where no caller could be told. */
    reports,
    async stop() {
      await new Promise((resolve) => server.close(resolve))
      await post.close()
      await revocations.close()
      await changes.close()
      await rm(dataDir, { recursive: true })
    },
  }
}
