import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGateway } from '../../gateway/server.ts'
import { loadConfig } from '../../src/config/load.ts'
import { openDatabase } from '../../src/db/open.ts'
import { helix } from '../../test/support/host.ts'
import { createDatabase, postgresUnavailable } from '../../test/support/postgres.ts'
import { startStubClaude } from '../../test/upstream/stub.ts'
import { databasePlace } from '../database-place.ts'

const PERSON = { email: 'ana@example.com', password: 'correct horse battery' }
const SAID = 'tab\t, line\nbreak, \\ and ’quotes’'

describe.skipIf(postgresUnavailable)(
  `helix db copy, from a laptop to production and back${postgresUnavailable ? ` (${postgresUnavailable})` : ''}`,
  () => {
    let project: string
    let databaseUrl: string
    let dropDatabase: () => Promise<void>
    let stub: Awaited<ReturnType<typeof startStubClaude>>
    beforeAll(async () => {
      project = mkdtempSync(join(tmpdir(), 'helix-copy-'))
      const database = await createDatabase()
      dropDatabase = database.drop
      databaseUrl = database.url
      stub = await startStubClaude()
      const common = `CLAUDE_API_KEY=sk-ant-test\nANTHROPIC_BASE_URL=${stub.url}\nPORT=0\n`
      const environments = {
        laptop: 'HELIX_MODE=embedded\nHELIX_DATA_DIR=laptop\n',
        server: `DATABASE_URL=${database.url}\nHELIX_DATA_DIR=server\n`,
        again: 'HELIX_MODE=embedded\nHELIX_DATA_DIR=again\n',
      }
      for (const [name, text] of Object.entries(environments))
        writeFileSync(join(project, `.env.${name}`), common + text, { mode: 0o600 })
      writeFileSync(join(project, 'helix.config.ts'), 'export default {}\n')
      mkdirSync(join(project, 'server'))
      expect(await run('db', 'migrate', '--env', 'laptop')).toMatchObject({ exit: 0 })
    })
    afterAll(async () => {
      await stub.close()
      await dropDatabase()
      rmSync(project, { recursive: true, force: true })
    })

    const run = (...argv: string[]) => helix([...argv, '--json'], { cwd: project })

    /** What `work` finds at a gateway of an environment. */
    async function at<T>(env: string, work: (url: string) => Promise<T>): Promise<T> {
      const config = await loadConfig({ cwd: project, environment: {}, flags: { env } })
      const db = await openDatabase(databasePlace(config))
      const onError = (error: unknown) => {
        throw error
      }
      const gateway = await startGateway({ config, db, host: '127.0.0.1', personal: false, onError })
      return work(gateway.url).finally(() => gateway.close())
    }

    const post = (url: string, body: unknown, token?: string) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify(body),
      })

    async function signIn(url: string): Promise<string> {
      const answer = await post(`${url}/auth/v1/token?grant_type=password`, PERSON)
      expect(answer.status).toBe(200)
      return ((await answer.json()) as { access_token: string }).access_token
    }

    async function readAll(url: string) {
      const headers = { authorization: `Bearer ${await signIn(url)}` }
      const { conversations } = await (await fetch(`${url}/api/conversations`, { headers })).json()
      const { messages } = await (
        await fetch(`${url}/api/conversations/${conversations[0].sessionKey}/messages`, { headers })
      ).json()
      return { conversations, messages }
    }

    it('refuses a source without data, and one environment for both', async () => {
      expect(await run('db', 'copy', '--from', 'again', '--to', 'server')).toMatchObject({ exit: 3 })
      expect(await run('db', 'copy', '--from', 'laptop', '--to', 'laptop')).toMatchObject({ exit: 2 })
    })

    it('lets a person sign in with the old password and find everything, there and back', async () => {
      const before = await at('laptop', async (url) => {
        const signedUp = await post(`${url}/auth/v1/signup`, PERSON)
        const { access_token } = (await signedUp.json()) as { access_token: string }
        expect((await post(`${url}/api/chat/message`, { message: SAID }, access_token)).status).toBe(200)
        return readAll(url)
      })
      expect(before.messages[0].content).toBe(SAID)
      const there = await run('db', 'copy', '--from', 'laptop', '--to', 'server')
      expect(there).toMatchObject({ exit: 0 })
      expect(JSON.parse(there.stdout).data).toMatchObject({
        mode: 'postgres',
        keys: { written: ['keys.json', 'audit-key.json'], others: [] },
      })
      expect(await at('server', readAll)).toEqual(before)
      expect(await run('audit', 'verify', '--env', 'server')).toMatchObject({ exit: 0 })
      expect(await run('db', 'check', '--env', 'server')).toMatchObject({ exit: 0 })
      expect(await run('db', 'copy', '--from', 'server', '--to', 'again')).toMatchObject({ exit: 0 })
      expect(await at('again', readAll)).toEqual(before)
    }, 90_000)

    it('refuses a target that a process works on', async () => {
      const served = await at('again', () => run('db', 'copy', '--from', 'laptop', '--to', 'again'))
      expect(served).toMatchObject({ exit: 4, stdout: expect.stringContaining('data_dir_in_use') })
    }, 60_000)

    it('refuses a target with people in it, and the same database under two names', async () => {
      const full = await run('db', 'copy', '--from', 'laptop', '--to', 'server')
      expect(full).toMatchObject({ exit: 3, stdout: expect.stringContaining('has people in it already') })
      for (const environment of [
        { HELIX_MODE: 'embedded', HELIX_DATA_DIR: join(project, 'laptop') },
        { HELIX_MODE: 'postgres', DATABASE_URL: databaseUrl },
      ]) {
        const argv = ['db', 'copy', '--from', 'server', '--to', 'again', '--json']
        const same = await helix(argv, { cwd: project, environment })
        expect(same).toMatchObject({ exit: 3, stdout: expect.stringContaining('have the same database') })
      }
    }, 60_000)
  },
)
