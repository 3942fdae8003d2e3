import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGateway } from '../../gateway/server.ts'
import { loadConfig } from '../../src/config/load.ts'
import { openDatabase } from '../../src/db/open.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { helix } from '../support/host.ts'
import { createHostedDatabase, type HostedDatabase, hostedUnavailable } from '../support/hosted-database.ts'
import { startHostedSignIn } from '../support/hosted-signin.ts'
import { startStubClaude } from '../upstream/stub.ts'

const PERSON = { email: 'ana@example.com', password: 'correct horse battery' }
const SAID = 'tab\t, line\nbreak, \\ and ’quotes’'

/**
 * What of schema auth is otherwise where GoTrue made it: what Helix alone keeps is missing, types are its own, and a
 * release of it knows columns that ours does not, and not all of ours.
 */
const OTHERWISE = `
  drop table auth.mfa_code_guards;
  create type auth.factor_type as enum ('totp', 'webauthn', 'phone');
  alter table auth.mfa_factors drop constraint mfa_factors_factor_type_check;
  alter table auth.mfa_factors alter factor_type type auth.factor_type using factor_type::auth.factor_type;
  alter table auth.mfa_factors drop column last_webauthn_challenge_data;
  alter table auth.users add column known_later text;`

/** Takes away what refers to people from the tables of the stand-in. */
const WITHOUT_KEYS = `
  do $$
  declare
    one record;
  begin
    for one in select conrelid::regclass as tab, conname from pg_constraint
      where contype = 'f' and connamespace = 'standin'::regnamespace and confrelid = 'auth.users'::regclass loop
      execute format('alter table %s drop constraint %I', one.tab, one.conname);
    end loop;
  end $$;`

/** A project, and the service that signs people in there. */
interface Project {
  database: HostedDatabase
  signIn: Awaited<ReturnType<typeof startHostedSignIn>>
}

const title = `backups and copies with a project as hosted Supabase prepares one${hostedUnavailable ? ` (${hostedUnavailable})` : ''}`

describe.skipIf(hostedUnavailable)(title, () => {
  let folder: string
  let stub: Awaited<ReturnType<typeof startStubClaude>>
  const projects: Project[] = []
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'helix-hosted-copy-'))
    stub = await startStubClaude()
    for (const name of ['one', 'two']) environment(name, supabase(await newProject()))
    for (const name of ['laptop', 'again']) environment(name, 'HELIX_MODE=embedded')
    writeFileSync(join(folder, 'helix.config.mjs'), 'export default {}\n')
    writeFileSync(join(folder, 'package.json'), '{"name":"helix"}')
    await done('db', 'migrate', '--env', 'laptop')
  })
  afterAll(async () => {
    await projects[1]?.database.asSupport(
      'revoke set on parameter session_replication_role from hosted_postgres',
    )
    for (const { signIn, database } of projects) {
      await signIn.stop()
      await database.drop()
    }
    await stub.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function newProject(): Promise<Project> {
    const database = await createHostedDatabase()
    const project = { database, signIn: await startHostedSignIn(database.signinUrl) }
    await database.asSupport(OTHERWISE)
    // Its stand-in makes one person for itself, and tables of its own that no project has.
    await database.asSupport(`delete from auth.users; ${WITHOUT_KEYS}`)
    projects.push(project)
    return project
  }

  const supabase = ({ database, signIn }: Project) =>
    [
      `SUPABASE_URL=${signIn.url}`,
      `SUPABASE_DB_URL=${database.url}`,
      `SUPABASE_ANON_KEY=${signIn.anonKey}`,
      `SUPABASE_SERVICE_ROLE=${signIn.serviceRoleKey}`,
    ].join('\n')

  function environment(name: string, lines: string): void {
    const common = [`CLAUDE_API_KEY=sk-ant-test`, `ANTHROPIC_BASE_URL=${stub.url}`, 'PORT=0']
    const own = [...common, `HELIX_DATA_DIR=${name}`, lines, '']
    writeFileSync(join(folder, `.env.${name}`), own.join('\n'), { mode: 0o600 })
    mkdirSync(join(folder, name), { recursive: true })
  }

  const run = (...argv: string[]) => helix([...argv, '--json'], { cwd: folder })
  /** What a command answers that must succeed. */
  async function done(...argv: string[]) {
    const { exit, stdout, stderr } = await run(...argv)
    expect([exit, exit === 0 ? '' : stdout + stderr]).toEqual([0, ''])
    return JSON.parse(stdout).data
  }

  /** What `work` finds at a gateway of an environment, and where one signs in. */
  async function at<T>(env: string, work: (url: string, signIn: string) => Promise<T>): Promise<T> {
    const config = await loadConfig({ cwd: folder, environment: {}, flags: { env } })
    const place = {
      mode: config.mode,
      connectionString: config.connection?.reveal(),
      dataDir: config.dataDir,
    }
    const onError = (error: unknown) => {
      throw error
    }
    const db = await openDatabase(place)
    const gateway = await startGateway({ config, db, host: '127.0.0.1', personal: false, onError })
    const signIn = config.mode === 'supabase' ? (config.supabase.url ?? '') : gateway.url
    return work(gateway.url, signIn).finally(() => gateway.close())
  }

  const post = (url: string, body: unknown, token?: string) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    })

  async function secretsIn(project: Project | undefined): Promise<string[]> {
    const db = await openPostgres({ connectionString: project?.database.signinUrl ?? '' })
    const rows = await db
      .query<{ secret: string }>('select secret from auth.mfa_factors')
      .finally(() => db.close())
    return rows.map((row) => row.secret)
  }

  /** All that somebody sees who signs in with the password they always had. */
  async function readAll(url: string, signIn: string) {
    const answer = await post(`${signIn}/auth/v1/token?grant_type=password`, PERSON)
    expect(answer.status).toBe(200)
    const { access_token } = (await answer.json()) as { access_token: string }
    const headers = { authorization: `Bearer ${access_token}` }
    const { conversations } = await (await fetch(`${url}/api/conversations`, { headers })).json()
    const { messages } = await (
      await fetch(`${url}/api/conversations/${conversations[0].sessionKey}/messages`, { headers })
    ).json()
    return { conversations, messages }
  }

  /** Of a second factor, as its owner's app has it. */
  let secret: string
  let before: Awaited<ReturnType<typeof readAll>>

  it('copies a laptop into an empty project: the same password, everything there, the chain whole', async () => {
    before = await at('laptop', async (url, signIn) => {
      const { access_token } = (await (await post(`${signIn}/auth/v1/signup`, PERSON)).json()) as {
        access_token: string
      }
      expect((await post(`${url}/api/chat/message`, { message: SAID }, access_token)).status).toBe(200)
      const factor = await post(`${signIn}/auth/v1/factors`, { factor_type: 'totp' }, access_token)
      secret = ((await factor.json()) as { totp: { secret: string } }).totp.secret
      return readAll(url, signIn)
    })
    expect(before.messages[0].content).toBe(SAID)
    await done('db', 'copy', '--from', 'laptop', '--to', 'one')
    expect(await at('one', readAll)).toEqual(before)
    expect(await secretsIn(projects[0])).toEqual([secret])
    await done('audit', 'verify', '--env', 'one')
    await done('db', 'check', '--env', 'one')
  }, 90_000)

  it('backs the project up, and restores that into another empty one, whose login switches triggers off', async () => {
    // As supautils lets the login of a hosted project, by SET alone.
    await projects[1]?.database.asSupport(
      'grant set on parameter session_replication_role to hosted_postgres',
    )
    const to = join(folder, 'kept')
    await done('backup', 'create', '--env', 'one', '--to', to)
    const key = join(folder, 'one', 'backup-key.txt')
    await done('restore', 'latest', '--env', 'two', '--from', to, '--identity', key)
    expect(await at('two', readAll)).toEqual(before)
    expect(await secretsIn(projects[1])).toEqual([secret])
    await done('audit', 'verify', '--env', 'two')
    await done('db', 'check', '--env', 'two')
  }, 90_000)

  it('restores over what a project holds, and back to it by the safety backup', async () => {
    await projects[1]?.database.asSupport(`update auth.users set email = 'other@example.com'`)
    const key = join(folder, 'one', 'backup-key.txt')
    const from = ['--from', join(folder, 'kept'), '--identity', key]
    const [name = ''] = [new URL(projects[1]?.database.url ?? '').pathname.slice(1)]
    const { safety } = await done('restore', 'latest', '--env', 'two', ...from, '--confirm', name)
    expect(await at('two', readAll)).toEqual(before)
    await done('restore', safety, '--env', 'two', '--confirm', name)
  }, 90_000)

  it('copies a project back to a laptop', async () => {
    await done('db', 'copy', '--from', 'one', '--to', 'again')
    expect(await at('again', readAll)).toEqual(before)
    await done('audit', 'verify', '--env', 'again')
  }, 90_000)
})
