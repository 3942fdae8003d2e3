import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningGateway, startGateway } from '../../gateway/server.ts'
import { type Client, createClient } from '../../src/client/client.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Database } from '../../src/db/database.ts'
import { type EmbeddedDatabase, openEmbedded } from '../../src/db/embedded.ts'
import { migrate } from '../../src/db/migrations/migrate.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { loadTemplate } from '../../src/db/template.ts'
import { type Logger, silent } from '../../src/log/logger.ts'
import { type StubClaude, type StubOptions, startStubClaude } from '../upstream/stub.ts'
import { createDatabase } from './postgres.ts'

export type Engine = 'postgres' | 'pglite'

export interface TestGateway {
  url: string
  running: RunningGateway
  db: Database
  /** Where its keys and mails are. */
  dataDir: string
  /** Where the database is; empty when it is in memory. */
  databaseUrl: string
  stub: StubClaude
  /** Signs a new person up and answers their token. */
  signUp(): Promise<Visitor>
  /** Another gateway on the same database. */
  another(): Promise<{ url: string; running: RunningGateway }>
  close(): Promise<void>
}

/** Someone with an access token. */
export interface Visitor {
  userId: string
  token: string
  /** `fetch` of a path of the gateway, with the token and a JSON body. */
  request(
    path: string,
    init?: {
      method?: string
      body?: unknown
      accept?: string
      headers?: Record<string, string>
      signal?: AbortSignal
      at?: string
    },
  ): Promise<Response>
  client: Client
}

interface Wanted {
  engine: Engine
  stub?: StubOptions
  settings?: Record<string, unknown>
  /** Environment variables besides the ones of the test gateway. */
  environment?: Record<string, string>
  /** Where it listens: only on loopback does a sign-up confirm itself. */
  host?: string
  log?: Logger
}

/** Limits that are no test's subject unless it sets them. */
const GENEROUS = {
  ...{ reads: 1_000_000, writes: 1_000_000, strangers: 1_000_000, reports: 1_000_000 },
  ...{ signUps: 100_000, anonymousSignUps: 100_000, signIns: 100_000, tokens: 100_000 },
  ...{ verifications: 100_000, mailRequests: 100_000, factors: 100_000, mailsPerHour: 100_000 },
}

/** Starts a real gateway on a real database of its own, with the strict stub in Claude's place. */
export async function startTestGateway({
  engine,
  stub: stubOptions = {},
  settings = {},
  environment: variables = {},
  host = '127.0.0.1',
  log = silent,
}: Wanted): Promise<TestGateway> {
  const stub = await startStubClaude(stubOptions)
  const dataDir = await mkdtemp(join(tmpdir(), 'helix-gateway-'))
  const given = { ...settings, limits: { ...GENEROUS, ...(settings.limits as object | undefined) } }
  await writeFile(join(dataDir, 'helix.config.ts'), `export default ${JSON.stringify(given)}\n`)
  const database = engine === 'postgres' ? await createDatabase() : undefined
  const environment = {
    HELIX_DATA_DIR: join(dataDir, 'data'),
    PORT: '0',
    CLAUDE_API_KEY: 'sk-ant-test-key',
    ANTHROPIC_BASE_URL: stub.url,
    ...(database ? { DATABASE_URL: database.url } : {}),
    ...variables,
  }
  const errors: unknown[] = []
  const config = await loadConfig({ cwd: dataDir, environment, flags: {} })
  const open = async () => {
    const db = database ? await openMigrated(database.url) : await openInMemory()
    const running = await startGateway({
      config,
      db,
      host,
      personal: false,
      log,
      onError: (error) => errors.push(error),
    })
    return { db, running }
  }
  const { db, running } = await open()
  const others: RunningGateway[] = []

  return {
    url: running.url,
    running,
    db,
    dataDir: config.dataDir,
    databaseUrl: database?.url ?? '',
    stub,
    signUp: () => signUp(running.url),
    async another() {
      const other = await open()
      others.push(other.running)
      return { url: other.running.url, running: other.running }
    },
    async close() {
      await Promise.all([running, ...others].map((one) => one.close()))
      await stub.close()
      await database?.drop()
      await rm(dataDir, { recursive: true, force: true })
      if (errors.length > 0) throw new AggregateError(errors, 'the gateway reported errors in the background')
    },
  }
}

async function openMigrated(url: string): Promise<Database> {
  const owner = await openPostgres({ connectionString: url })
  await migrate(owner, { mode: 'postgres' })
  await owner.close()
  return openPostgres({ connectionString: url })
}

async function openInMemory(): Promise<EmbeddedDatabase> {
  const db = await openEmbedded({ dataDir: 'memory://', template: await loadTemplate() })
  await migrate(db, { mode: 'embedded' })
  await db.enterGatewayRole()
  return db
}

let people = 0

async function signUp(url: string): Promise<Visitor> {
  people += 1
  const response = await fetch(`${url}/auth/v1/signup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      email: `person-${process.pid}-${people}@example.com`,
      password: 'correct horse battery',
    }),
  })
  const session = (await response.json()) as { access_token: string; user: { id: string } }
  const token = session.access_token
  return {
    userId: session.user.id,
    token,
    client: createClient({ url, fetch, token: async () => token }),
    request: (path, { method = 'GET', body, accept, headers = {}, signal, at = url } = {}) =>
      fetch(`${at}${path}`, {
        method,
        redirect: 'manual',
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(accept ? { accept } : {}),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
      }),
  }
}
