import { createHash, randomInt } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type EmptyDatabase, emptyDatabase, engines, type TestEngine } from '../../test/support/engines.ts'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { readHead, readLogId } from '../audit/append.ts'
import { createAudit } from '../audit/audit.ts'
import { newSigningKey } from '../audit/checkpoints/signing-keys.ts'
import { verifyDatabase } from '../audit/verify-database.ts'
import type { Database } from '../db/database.ts'
import { openEmbedded } from '../db/embedded.ts'
import { checkIntegrity } from '../db/integrity.ts'
import { readMigrations } from '../db/migrations/files.ts'
import { migrate } from '../db/migrations/migrate.ts'
import { migrationStatus } from '../db/migrations/status.ts'
import { loadTemplate } from '../db/template.ts'
import { HelixError } from '../errors.ts'
import { createBackup } from './create.ts'
import type { Destination } from './destinations/destination.ts'
import { directoryDestination } from './destinations/directory.ts'
import { drill } from './drill.ts'
import { findBackup, listBackups } from './list.ts'
import { type Manifest, manifestName } from './manifest.ts'
import { checkFile, checkOpens, checkParts } from './read.ts'
import { restoreBackup } from './restore.ts'
import { schemaOf } from './schema.ts'
import { tableStands } from './stands.ts'

const identity = await generateX25519Identity()
const recipients = [await identityToRecipient(identity)]
const key = newSigningKey()
const embedded = engines.find(({ name }) => name === 'PGlite') as TestEngine
const folder = mkdtempSync(join(tmpdir(), 'helix-backup-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const dir = () => directoryDestination(mkdtempSync(join(folder, 'd-')))

/** Count and digest of every table a backup would hold. */
async function standing(db: Database): Promise<Record<string, string>> {
  const stands = await db.bulk((tx) => tableStands(tx), { snapshot: true })
  return Object.fromEntries(stands.map(({ name, rows, digest }) => [name, `${rows} ${digest}`]))
}

describe.each(engines)('a backup of $name', (engine) => {
  describe.skipIf(engine.unavailable)('beside a gateway at work', () => {
    let gateway: TestGateway
    let manifest: Manifest
    const destination = dir()
    const mode = engine.name === 'PGlite' ? 'embedded' : 'postgres'
    beforeAll(async () => {
      gateway = await startTestGateway({ engine: mode === 'embedded' ? 'pglite' : 'postgres' })
      for (const said of ['hello\tthere', 'line\nbreak \\ and \u2028', 'x'.repeat(20_000)]) {
        const person = await gateway.signUp()
        const answer = await person.request('/api/chat/message', { method: 'POST', body: { message: said } })
        expect(answer.status).toBe(200)
      }
      const deps = { db: gateway.db, mode, dataDir: gateway.dataDir, destination, recipients, key } as const
      manifest = await createBackup(deps, { reason: 'test' })
    }, 60_000)
    afterAll(() => gateway?.close())

    it('lists as whole, and holds what its manifest says', async () => {
      expect(await listBackups(destination)).toMatchObject([{ id: manifest.id, damage: undefined }])
      await checkFile(destination, manifest)
      await checkParts(destination, manifest, [identity])
      expect(manifest.files.map(({ name }) => name)).toContain('keys.json')
      expect(tableOf(manifest, 'auth.users').rows).toBe(3)
      expect(tableOf(manifest, 'public.session_messages').rows).toBe(6)
    })

    for (const target of engines)
      it.skipIf(target.unavailable)(
        `comes back the same on ${target.name}, without anybody’s session`,
        async () => {
          const empty = await emptyDatabase(target)
          const { chain } = await restoreBackup(into(empty, destination), manifest)
          const after = await standing(empty.db)
          for (const { name, rows, digest } of manifest.tables) {
            // The log went on under another id.
            if (name !== 'public.audit_entries' && name !== 'public.audit_head') {
              expect(after[name], name).toBe(`${rows} ${digest}`)
            }
          }
          expect(await readHead(empty.db)).toEqual(chain)
          expect((await verifyDatabase(empty.db)).findings).toEqual([])
          const sessions = await empty.db.transaction('owner', (tx) =>
            tx.query('select id from auth.sessions'),
          )
          expect(sessions).toEqual([])
          // Sequences go on where they were.
          const [next] = await empty.db.transaction('owner', (tx) =>
            tx.query<{ free: boolean }>(
              `select nextval('public.session_messages_position_seq') > max(position) as free from public.session_messages`,
            ),
          )
          expect(next).toEqual({ free: true })
        },
        60_000,
      )
  })

  describe.skipIf(engine.unavailable)('of a small database', () => {
    it('keeps every table of Helix, or says why not', async () => {
      const { db } = await filled(engine)
      const { tables, unlogged } = await db.transaction('owner', async (tx) => ({
        tables: await tx.query<{ name: string }>(
          `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where c.relkind = 'r' and n.nspname in ('public', 'auth') and c.relpersistence = 'p'`,
        ),
        unlogged: await tx.query<{ name: string }>(
          `select relname as name from pg_class where relpersistence = 'u' and relkind = 'r' order by 1`,
        ),
      }))
      const kept = Object.keys(await standing(db))
      const left = tables.map(({ name }) => name).filter((name) => !kept.includes(name))
      expect(left.toSorted()).toEqual([
        ...['auth.flow_state', 'auth.mfa_amr_claims', 'auth.mfa_challenges', 'auth.one_time_tokens'],
        ...['auth.refresh_tokens', 'auth.sessions', 'public.audit_acts', 'public.leases'],
      ])
      expect(unlogged.map(({ name }) => name)).toEqual(['gateways', 'rate_limits', 'turn_allowances'])
    })

    it('replaces what is there by what was, or leaves it untouched where the chain does not hold', async () => {
      const { db, mode } = await filled(engine)
      const destination = dir()
      const manifest = await backUp({ db, mode, destination })
      await db.transaction('owner', (tx) =>
        tx.query(`update public.settings set value = '"later"' where key = 'told'`),
      )
      await append(db, 'after the backup')
      const told = () =>
        db.transaction('owner', (tx) => tx.query(`select value from public.settings where key = 'told'`))

      const forged = { ...manifest, chain: { ...manifest.chain, seq: manifest.chain.seq + 1 } }
      await expect(restoreBackup(into({ db, mode }, destination), forged)).rejects.toMatchObject({
        code: 'restore_failed',
        message: expect.stringMatching(/audit chain/),
      })
      expect(await told()).toEqual([{ value: 'later' }])
      await restoreBackup(into({ db, mode }, destination), manifest)
      expect(await told()).toEqual([{ value: 'before' }])
      expect((await verifyDatabase(db)).findings).toEqual([])
      await append(db, 'goes on')
    })

    it('restores rows that a later check would refuse, and leaves every constraint, index and trigger as it was', async () => {
      const { db, mode } = await filled(engine)
      const owner = '00000000-0000-4000-8000-000000000001'
      await db.transaction('owner', (tx) =>
        tx.script(`
          alter table public.conversations drop constraint conversations_title_check;
          insert into auth.users (id, email) values ('${owner}', 'ada@example.com');
          insert into public.conversations (user_id, session_key, title) values ('${owner}', 'a', repeat('long', 200));
          alter table public.conversations
            add constraint conversations_title_check check (char_length(title) <= 500) not valid`),
      )
      const catalog = () =>
        db.transaction('owner', (tx) =>
          tx.query(`
            select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) as what from pg_constraint
              where connamespace = 'public'::regnamespace
            union all select indexdef from pg_indexes where schemaname in ('public', 'auth')
            union all select tgrelid::regclass || ' ' || tgname || ' ' || tgenabled::text from pg_trigger where not tgisinternal
            order by 1`),
        )
      const before = await catalog()
      const destination = dir()
      const manifest = await backUp({ db, mode, destination })
      await restoreBackup(into({ db, mode }, destination), manifest)
      expect(await catalog()).toEqual(before)
      expect(await checkIntegrity(db)).toEqual([])
    }, 60_000)

    it('of an older schema whose load fails says that the database is empty, and how to go back', async () => {
      const old = await emptyDatabase(engine)
      await migrate(old.db, { mode: old.mode, upTo: readMigrations().at(-3)?.version ?? '' })
      const destination = dir()
      const manifest = await backUp({ ...old, destination })
      const forged = { ...manifest, chain: { ...manifest.chain, seq: manifest.chain.seq + 1 } }
      const { db, mode } = await filled(engine)
      const safety = await backUp({ db, mode, destination })
      const before = await standing(db)
      const failed = restoreBackup({ ...into({ db, mode }, destination), safety: safety.id }, forged)
      await expect(failed).rejects.toMatchObject({
        code: 'restore_failed',
        message: expect.stringMatching(/audit chain/),
        hint: expect.stringMatching(/^The database is empty now/),
        next: [`helix restore ${safety.id}`],
      })
      await restoreBackup(into({ db, mode }, destination), safety)
      expect((await standing(db))['public.settings']).toBe(before['public.settings'])
    }, 60_000)

    it('of an older schema is brought up to date; one of a newer is refused', async () => {
      const versions = readMigrations().map(({ version }) => version)
      const old = await emptyDatabase(engine)
      await migrate(old.db, { mode: old.mode, upTo: versions.at(-3) ?? '' })
      await append(old.db, 'long ago')
      const destination = dir()
      const manifest = await backUp({ ...old, destination })
      expect(manifest.schema.version).toBe(versions.at(-3))
      const { db, mode } = await filled(engine)
      await restoreBackup(into({ db, mode }, destination), manifest)
      expect((await migrationStatus(db)).current).toBe(versions.at(-1))
      const schema = { ...manifest.schema, migrations: [...versions, '29990101000000'] }
      await expect(
        restoreBackup(into({ db, mode }, destination), { ...manifest, schema }),
      ).rejects.toMatchObject({
        code: 'schema_ahead',
      })
    }, 60_000)
  })
})

describe('an archive', () => {
  let destination: Destination
  let manifest: Manifest
  let path: string
  let bytes: Buffer
  beforeAll(async () => {
    const db = await openEmbedded({ dataDir: 'memory://', template: await loadTemplate() })
    await fill(db)
    destination = dir()
    manifest = await backUp({ db, mode: 'embedded', destination })
    await db.close()
    path = join(destination.name, manifest.archive.name)
    bytes = readFileSync(path)
  }, 60_000)

  it('is found changed wherever one bit was flipped, and cut wherever it was cut', async () => {
    for (let round = 0; round < 40; round += 1) {
      const at = randomInt(bytes.length)
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << randomInt(8))
      writeFileSync(path, flipped)
      await expect(checkFile(destination, manifest), `bit of byte ${at}`).rejects.toThrow(/damaged/)
      const shorter = bytes.subarray(0, at)
      writeFileSync(path, shorter)
      await expect(checkFile(destination, manifest), `cut at ${at}`).rejects.toThrow(/damaged/)
      expect((await listBackups(destination))[0]?.damage, `cut at ${at}`).toMatch(/instead of/)
      // Even where somebody made the manifest agree.
      for (const content of [flipped, shorter]) {
        writeFileSync(path, content)
        const sha256 = createHash('sha256').update(content).digest('hex')
        const agreeing = { ...manifest, archive: { ...manifest.archive, bytes: content.length, sha256 } }
        await expect(checkParts(destination, agreeing, [identity]), `at ${at}`).rejects.toThrow()
      }
    }
    writeFileSync(path, bytes)
    await checkParts(destination, manifest, [identity])
  })

  it('is opened by none but its recipients', async () => {
    await expect(checkParts(destination, manifest, [await generateX25519Identity()])).rejects.toMatchObject({
      code: 'precondition_failed',
      hint: expect.stringContaining('--identity'),
    })
  })

  it('of another key is refused before an empty database is touched, and lets go of the file', async () => {
    const { db, mode } = await emptyDatabase(embedded)
    let open = 0
    const watched: Destination = {
      ...destination,
      async *get(name) {
        open += 1
        try {
          yield* destination.get(name)
        } finally {
          open -= 1
        }
      },
    }
    const other = { ...into({ db, mode }, watched), identities: [await generateX25519Identity()] }
    await expect(restoreBackup(other, manifest)).rejects.toMatchObject({ code: 'precondition_failed' })
    expect(await db.transaction('owner', schemaOf)).toEqual([])
    await checkOpens(watched, manifest, [identity])
    expect(open).toBe(0)
  })

  it('that cannot be read is not called damaged, wherever reading broke off', async () => {
    for (const after of [0, Math.floor(bytes.length / 2)]) {
      const unreadable: Destination = {
        ...destination,
        async *get() {
          yield bytes.subarray(0, after)
          throw new HelixError('backup_failed', 'the bucket cannot be reached')
        },
      }
      await expect(checkParts(unreadable, manifest, [identity]), `after ${after}`).rejects.toMatchObject({
        code: 'backup_failed',
      })
    }
  })

  it('of another machine is fetched once, before the database waits for it, and checked before rows go', async () => {
    const { db, mode } = await filled(embedded)
    let fetched = 0
    const far = (content: Buffer): Destination => ({
      ...destination,
      remote: true,
      async *get() {
        fetched += 1
        yield content.subarray(0, 1_000)
        // An embedded database answers nobody else while a transaction is open.
        await db.query('select 1')
        yield content.subarray(1_000)
      },
    })
    await restoreBackup(into({ db, mode }, far(bytes)), manifest)
    expect(fetched).toBe(1)
    const cut = restoreBackup(into({ db, mode }, far(bytes.subarray(0, -1))), manifest)
    await expect(cut).rejects.toMatchObject({ code: 'backup_damaged' })
    expect(readdirSync(folder).filter((name) => name.startsWith('backup-spool'))).toEqual([])
  }, 30_000)

  it('is neither made nor proved once somebody stops it, and nothing of it is left', async () => {
    const db = await openEmbedded({ dataDir: 'memory://', template: await loadTemplate() })
    onTestFinished(() => db.close())
    const signal = AbortSignal.abort()
    const dataDir = mkdtempSync(join(folder, 'stopped-'))
    const place = dir()
    const deps = { db, mode: 'embedded', dataDir, destination: place, recipients, key, signal } as const
    for (const remote of [false, true]) {
      const made = createBackup({ ...deps, destination: { ...place, remote } }, { reason: 'test' })
      await expect(made).rejects.toMatchObject({ code: 'stopped' })
    }
    const proved = drill(
      { destination, identities: [identity], actor: 'cli:test', key, dataDir, signal },
      manifest,
    )
    await expect(proved).rejects.toMatchObject({ code: 'stopped' })
    expect([...readdirSync(dataDir), ...readdirSync(place.name)]).toEqual([])
  }, 30_000)

  it('is given up where a network does not answer, once somebody stops it', async () => {
    const db = await openEmbedded({ dataDir: 'memory://', template: await loadTemplate() })
    onTestFinished(() => db.close())
    const dataDir = mkdtempSync(join(folder, 'silent-'))
    const stop = new AbortController()
    const silent = async () => {
      stop.abort()
      return new Promise<never>(() => {})
    }
    const far: Destination = { ...dir(), remote: true, put: silent }
    const deps = {
      db,
      mode: 'embedded',
      dataDir,
      destination: far,
      recipients,
      key,
      signal: stop.signal,
    } as const
    await expect(createBackup(deps, { reason: 'test' })).rejects.toMatchObject({ code: 'stopped' })
    expect(readdirSync(dataDir)).toEqual([])
  }, 30_000)

  it('goes with a manifest nobody can change, that tells nothing of what is within', async () => {
    const file = join(destination.name, manifestName(manifest.id))
    const text = readFileSync(file, 'utf8')
    expect(text).not.toMatch(/sk-ant-|before|example\.com/)
    writeFileSync(file, text.replace('"reason": "test"', '"reason": "tests"'))
    expect((await listBackups(destination))[0]?.damage).toMatch(/signature/)
    await expect(findBackup(destination, 'latest')).rejects.toMatchObject({ code: 'backup_not_found' })
    writeFileSync(file, text)
    expect((await findBackup(destination, 'latest')).id).toBe(manifest.id)
  })

  it('that was cut short while it was made is no backup, and leaves nothing that looks like one', async () => {
    const db = await openEmbedded({ dataDir: 'memory://', template: await loadTemplate() })
    onTestFinished(() => db.close())
    const whole = dir()
    const failing: Destination = {
      ...whole,
      async put(name, pieces) {
        await whole.put(name, breakingAfter(pieces, 1_000))
      },
    }
    await expect(backUp({ db, mode: 'embedded', destination: failing })).rejects.toMatchObject({
      code: 'backup_failed',
    })
    expect(await listBackups(whole)).toEqual([])
    expect(readdirSync(whole.name)).toEqual([])
  })
})

async function* breakingAfter(pieces: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let seen = 0
  for await (const piece of pieces) {
    yield piece
    seen += piece.length
    if (seen > bytes) throw new Error('the disk went away')
  }
}

function tableOf({ tables }: Manifest, wanted: string) {
  const found = tables.find(({ name }) => name === wanted)
  if (!found) throw new Error(`no ${wanted}`)
  return found
}

function into({ db, mode }: Pick<EmptyDatabase, 'db' | 'mode'>, destination: Destination) {
  return {
    db,
    mode,
    dataDir: folder,
    destination,
    identities: [identity],
    actor: 'cli:test',
    confirm: undefined,
  }
}

function backUp({
  db,
  mode,
  destination,
}: Pick<EmptyDatabase, 'db' | 'mode'> & { destination: Destination }) {
  return createBackup({ db, mode, dataDir: folder, destination, recipients, key }, { reason: 'test' })
}

async function filled(engine: TestEngine): Promise<EmptyDatabase> {
  const empty = await emptyDatabase(engine)
  await migrate(empty.db, { mode: empty.mode })
  await fill(empty.db)
  return empty
}

async function fill(db: Database): Promise<void> {
  await db.transaction('owner', (tx) =>
    tx.query(`insert into public.settings (key, value) values ('told', '"before"')`),
  )
  await append(db, 'before the backup')
}

async function append(db: Database, what: string): Promise<void> {
  const log = await db.transaction('owner', readLogId)
  await db.transaction('owner', (tx) =>
    createAudit(tx, log).append({
      channel: 'commands',
      kind: 'test.done',
      actor: 'cli:test',
      data: { what },
    }),
  )
}
