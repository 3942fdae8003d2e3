import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningGateway, startGateway } from '../../gateway/server.ts'
import { loadConfig } from '../../src/config/load.ts'
import { openDatabase } from '../../src/db/open.ts'
import { silent } from '../../src/log/logger.ts'
import { startStubClaude } from '../upstream/stub.ts'
import { createHostedDatabase } from './hosted-database.ts'
import { startHostedSignIn } from './hosted-signin.ts'

/**
 * A gateway in supabase mode against a project as hosted Supabase prepares one: its database ({@link
 * createHostedDatabase}) and its sign-in ({@link startHostedSignIn}, which says what it cannot prove).
 */
export async function startOnHostedSupabase({ gateways = 1, autoConfirm = true } = {}) {
  const database = await createHostedDatabase()
  const project = await startHostedSignIn(database.signinUrl, { autoConfirm })
  const stub = await startStubClaude()
  const dataDir = await mkdtemp(join(tmpdir(), 'helix-hosted-'))
  await writeFile(join(dataDir, 'package.json'), '{"name":"helix"}')
  const environment = {
    HELIX_DATA_DIR: join(dataDir, 'data'),
    PORT: '0',
    CLAUDE_API_KEY: 'sk-ant-test-key',
    ANTHROPIC_BASE_URL: stub.url,
    SUPABASE_URL: project.url,
    SUPABASE_DB_URL: database.url,
    SUPABASE_ANON_KEY: project.anonKey,
    SUPABASE_SERVICE_ROLE: project.serviceRoleKey,
  }
  const config = await loadConfig({ cwd: dataDir, environment, flags: {} })
  const errors: unknown[] = []
  const place = { mode: config.mode, connectionString: database.url, dataDir: config.dataDir }
  await (await openDatabase(place, { migrate: true })).close()
  const start = async (): Promise<RunningGateway> =>
    startGateway({
      config,
      db: await openDatabase(place),
      host: '127.0.0.1',
      personal: false,
      log: silent,
      onError: (error) => errors.push(error),
    })
  const running = await Promise.all(Array.from({ length: gateways }, start))
  return {
    config,
    database,
    project,
    environment,
    stub,
    errors,
    urls: running.map(({ url }) => url),
    async close() {
      await Promise.all(running.map((one) => one.close()))
      await project.stop()
      await stub.close()
      await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
