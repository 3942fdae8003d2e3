import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyJournal } from '../../src/audit/journal.ts'
import type { Health } from '../../src/contract/health.ts'
import { setInDatabase, setInFile } from '../../src/maintenance/set.ts'
import { startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { postgresUnavailable } from '../support/postgres.ts'

const OFF = { active: false, until: null, readOnly: false, allow: [] }
const ON = { ...OFF, active: true }

describe.skipIf(postgresUnavailable)(postgresUnavailable ?? 'maintenance of several gateways', () => {
  let gateway: TestGateway
  let visitor: Visitor
  let urls: string[]
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'postgres' })
    visitor = await gateway.signUp()
    gateway.running.services.people.setCreator(visitor.userId)
    urls = [gateway.url, (await gateway.another()).url, (await gateway.another()).url]
  })
  afterAll(async () => {
    // That the database was away is told in the background, too, and is no failure of the test.
    const told: unknown[] = await gateway.close().then(
      () => [],
      ({ errors }: AggregateError) => errors,
    )
    expect(
      told.filter((error) => !/not currently accepting|terminating connection/.test(String(error))),
    ).toEqual([])
  })

  const healthOf = async (url: string) => (await (await fetch(`${url}/health`)).json()) as Health
  const heldBy = async (url: string) => {
    const { status } = await fetch(`${url}/docs`)
    return status === 503
  }

  /** How long it took until every gateway held back, or let in, in ms. */
  async function reached(held: boolean, set: () => Promise<unknown>): Promise<number> {
    const begun = performance.now()
    const setting = set()
    const all = urls.map(async (url) => {
      while ((await heldBy(url)) !== held) await sleep(5)
    })
    await Promise.all([setting, ...all])
    return performance.now() - begun
  }

  it('reaches every one within a second, by the route and by the database', async () => {
    const put = (body: object) => () => visitor.request('/api/admin/maintenance', { method: 'PUT', body })
    const by = { actor: 'cli:test' }
    const took: number[] = []
    for (let round = 0; round < 5; round += 1) {
      took.push(await reached(true, put({ active: true })))
      took.push(await reached(false, put({ active: false })))
      took.push(await reached(true, () => setInDatabase(gateway.db, ON, by)))
      took.push(await reached(false, () => setInDatabase(gateway.db, OFF, by)))
    }
    expect(Math.max(...took)).toBeLessThan(1_000)
  })

  it('reaches every one within a second also where the NOTIFY is lost', async () => {
    const by = { actor: 'cli:test' }
    await setInDatabase(gateway.db, ON, by)
    await expect.poll(() => Promise.all(urls.map(heldBy))).toEqual([true, true, true])
    // As if another had written it and nobody had told.
    const at = new Date(Date.now() + 1).toISOString()
    const took = await reached(false, () =>
      gateway.db.query(
        `update public.settings set value = value || jsonb_build_object('active', false, 'at', $1::text,
        'revision', gen_random_uuid()) where key = 'maintenance'`,
        [at],
      ),
    )
    expect(took).toBeLessThan(1_000)
  })

  it('is in force at a gateway that starts meanwhile, from its first request on', async () => {
    await reached(true, () => setInDatabase(gateway.db, ON, { actor: 'cli:test' }))
    const { url } = await gateway.another()
    expect(await heldBy(url)).toBe(true)
    await reached(false, () => setInDatabase(gateway.db, OFF, { actor: 'cli:test' }))
    await expect.poll(() => heldBy(url)).toBe(false)
  })

  it('has all of them agree on the same revision, and one of them say on the chain that its time is over', async () => {
    const until = new Date(Date.now() + 600).toISOString()
    const { setting } = await setInDatabase(gateway.db, { ...ON, until }, { actor: 'cli:test' })
    await expect
      .poll(async () =>
        (await Promise.all(urls.map(healthOf))).map(({ maintenance }) => maintenance?.revision),
      )
      .toEqual(urls.map(() => setting.revision))
    await sleep(Date.parse(until) - Date.now() + 300)
    expect(await Promise.all(urls.map(heldBy))).toEqual([false, false, false])
    const ends = await gateway.db.query(
      `select seq from public.audit_entries where kind = 'maintenance.off' and data ->> 'cause' = 'time'
      and seq > (select max(seq) from public.audit_entries where kind = 'maintenance.on')`,
    )
    expect(ends).toHaveLength(1)
  })

  describe('without a database', () => {
    const name = () => new URL(gateway.databaseUrl).pathname.slice(1)
    const file = () => join(gateway.dataDir, 'maintenance.json')
    const journal = () => join(gateway.dataDir, 'journal.jsonl')

    async function cut(): Promise<() => Promise<void>> {
      const server = new URL(gateway.databaseUrl)
      server.pathname = '/postgres'
      const client = new pg.Client({ connectionString: server.href })
      await client.connect()
      await client.query(`alter database ${name()} with allow_connections false`)
      await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
        name(),
      ])
      return async () => {
        await client.query(`alter database ${name()} with allow_connections true`)
        await client.end()
      }
    }

    it('is set by a file, within a second, in the journal; and the database hears of it later', async () => {
      const before = await gateway.db.query(`select count(*)::int as n from public.audit_entries`)
      const restore = await cut()
      try {
        await expect.poll(async () => (await fetch(`${gateway.url}/health`)).status).toBe(503)
        const message = 'The database moves'
        const took = await reached(true, () =>
          setInFile({ path: file(), journal: journal() }, { ...ON, message }, 'cli:test'),
        )
        expect(took).toBeLessThan(1_000)
        const health = await fetch(`${gateway.url}/health`)
        expect([health.status, await health.json()]).toMatchObject([
          200,
          { status: 'maintenance', checks: { database: 'down' }, maintenance: { message } },
        ])
        // Nobody can be looked up; what is the matter is known all the same.
        const held = await visitor.request('/api/profile')
        expect([held.status, await held.json()]).toMatchObject([503, { code: 'maintenance' }])
        expect((await verifyJournal(journal()))?.findings).toEqual([])
        expect(await readFile(journal(), 'utf8')).toContain('"kind":"maintenance.on.start"')
      } finally {
        await restore()
      }
      await expect
        .poll(
          () =>
            gateway.db
              .query(
                `select channel, kind from public.audit_entries where seq > $1
              and kind in ('maintenance.on', 'mode.changed', 'journal.adopt')
              and coalesce(data ->> 'what', 'service') = 'service' order by seq`,
                [before[0]?.n as number],
              )
              .catch(() => []),
          { timeout: 10_000 },
        )
        .toEqual([
          { channel: 'alerts', kind: 'maintenance.on' },
          { channel: 'consciousness', kind: 'mode.changed' },
          { channel: 'hash-chain', kind: 'journal.adopt' },
        ])
      // What ends it in the database ends it in the file.
      await reached(false, () => setInDatabase(gateway.db, OFF, { actor: 'cli:test' }))
      await expect.poll(() => readFile(file(), 'utf8')).toContain('"active": false')
    })

    it('outlasts a database that was restored to before it', async () => {
      await reached(true, () => setInDatabase(gateway.db, ON, { actor: 'cli:test' }))
      await gateway.db.query(`delete from public.settings where key = 'maintenance'`)
      await sleep(1_500)
      expect(await Promise.all(urls.map(heldBy))).toEqual([true, true, true])
      const [row] = await gateway.db.query(
        `select value ->> 'active' as active from public.settings where key = 'maintenance'`,
      )
      expect(row).toEqual({ active: 'true' })
      await reached(false, () => setInDatabase(gateway.db, OFF, { actor: 'cli:test' }))
    })
  })
})

describe('maintenance over a restart', () => {
  it('is in force from the first request on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'helix-maintenance-'))
    const paths = { path: join(folder, 'maintenance.json'), journal: join(folder, 'journal.jsonl') }
    await setInFile(paths, ON, 'cli:test')
    const environment = { HELIX_DATA_DIR: folder }
    const gateway = await startTestGateway({ engine: 'pglite', environment })
    try {
      expect((await fetch(`${gateway.url}/docs`)).status).toBe(503)
      const rows = await gateway.db.query(`select kind from public.audit_entries order by seq`)
      expect(rows.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(['maintenance.on', 'journal.adopt']),
      )
    } finally {
      await gateway.close()
      await rm(folder, { recursive: true, force: true })
    }
  })
})
