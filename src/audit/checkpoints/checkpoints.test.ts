import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type EmptyDatabase, engines } from '../../../test/support/engines.ts'
import { Secret } from '../../config/secret.ts'
import type { Database, Transaction } from '../../db/database.ts'
import { migrate } from '../../db/migrations/migrate.ts'
import { plainFiles } from '../../files.ts'
import { appendEntries, auditHead, readHead } from '../append.ts'
import { continueLog } from '../continue.ts'
import type { NewEntry } from '../entry.ts'
import { readTail } from '../export.ts'
import { HashList } from '../hash-list.ts'
import { verifyDatabase } from '../verify-database.ts'
import { rotateKey } from './change-keys.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { createCheckpointer } from './checkpointer.ts'
import { isSignedBy } from './ring-signature.ts'
import { createCheckpointSchedule } from './schedule.ts'
import { memoryPath } from './seen.ts'
import { createKeyStore, type KeyStore, newSigningKey } from './signing-keys.ts'
import { readKeyRing } from './stored.ts'

const NOTE: NewEntry = { channel: 'api', kind: 'user.seen', actor: 'cli:test', data: { n: 1 } }

for (const engine of engines) {
  describe.skipIf(engine.unavailable)(`checkpoints on ${engine.name}`, () => {
    let database: EmptyDatabase
    let db: Database
    let folder: string
    beforeAll(async () => {
      database = await engine.start()
      await migrate(database.db, { mode: database.mode })
      db = await database.gateway()
      folder = await mkdtemp(join(tmpdir(), 'helix-checkpoints-'))
    })
    afterAll(async () => {
      await database?.stop()
      await rm(folder, { recursive: true, force: true })
    })

    const machine = (dataDir = folder, given?: Secret) =>
      createCheckpointer({
        db,
        keys: createKeyStore({ dataDir, given, files: plainFiles }),
        memory: memoryPath(dataDir),
        actor: 'cli:test',
      })
    const append = async (count: number) => {
      const { log } = await readHead(db)
      const heads = Array.from({ length: count }, () => auditHead(log, NOTE, new Date()))
      await appendEntries(db, heads)
    }
    const signed = async () => {
      const [row] = await db.query<{ count: number }>(
        'select count(*) as count from public.audit_checkpoints',
      )
      return row?.count
    }
    const naiveRoot = async (size: number) => {
      const { log } = await readHead(db)
      const rows = await db.query<{ hash: string }>(
        'select hash from public.audit_entries where log_id = $1 and seq <= $2 order by seq',
        [log, size],
      )
      const list = new HashList()
      for (const { hash } of rows) list.push(hash)
      return list.root(size)
    }
    const tamper = (work: (tx: Transaction) => Promise<unknown>) =>
      db.transaction('owner', async (tx) => {
        const tables = ['audit_entries', 'audit_checkpoints', 'audit_subtrees']
        for (const table of tables)
          await tx.script(`alter table public.${table} disable trigger ${table}_only_grow`)
        await work(tx)
        for (const table of tables)
          await tx.script(`alter table public.${table} enable trigger ${table}_only_grow`)
      })
    /** A new log, so that what one test spoils does not spoil the next. */
    const fresh = () =>
      db.transaction('owner', (tx) => continueLog(tx, { actor: 'cli:test', backup: 'none' }))

    it('brings the first key in, keeps it private, and signs the root of everything', async () => {
      const checkpoint = await machine().make()
      expect(checkpoint.note).toMatch(
        /^helix\/[0-9a-f]{32}\n1\n[A-Za-z0-9+/]{43}=\n\n— helix\/[0-9a-f]{32} \S+\n$/,
      )
      expect(Buffer.from(checkpoint.root).toString('hex')).toBe(await naiveRoot(1))
      expect(await readTail(db, 5)).toMatchObject([{ seq: 1, kind: 'audit.key', channel: 'hash-chain' }])
      expect((await stat(join(folder, 'audit-key.json'))).mode & 0o777).toBe(0o600)
      const { log } = await readHead(db)
      expect(isSignedBy(await readKeyRing(db, log), checkpoint.note, log)).toBe(true)
    })

    it('signs every growth, over the borders of what is kept, as the whole tree would have it', async () => {
      for (const count of [1, 253, 1, 1, 255, 300, 2_500]) {
        await append(count)
        const { size, root } = await machine().make()
        expect(size).toBe((await readHead(db)).seq)
        expect(Buffer.from(root).toString('hex')).toBe(await naiveRoot(size))
      }
    })

    it('signs what came before a change of keys with the old one, however much that is, or as one with the new', async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'helix-backlog-'))
      onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
      await fresh()
      const keys = createKeyStore({ dataDir, files: plainFiles })
      await keys.write(await createKeyStore({ dataDir: folder, files: plainFiles }).readOrMake())
      const signer = (store: KeyStore) =>
        createCheckpointer({ db, keys: store, memory: memoryPath(dataDir), actor: 'cli:test', most: 10 })
      const sizes = async () => {
        const { log } = await readHead(db)
        const rows = await db.query<{ size: number }>(
          'select size from public.audit_checkpoints where log_id = $1 order by size',
          [log],
        )
        return rows.map(({ size }) => size)
      }
      await signer(keys).make()
      await append(34)
      await rotateKey({ db, keys, actor: 'cli:test' })
      await append(5)
      await signer(keys).make()
      expect(await sizes()).toEqual([1, 11, 21, 31, 41])
      await append(34)
      await rotateKey({ db, keys, actor: 'cli:test' })
      await append(5)
      const [newest] = await keys.read()
      await signer({ ...keys, readOrMake: async () => (newest ? [newest] : []) }).make()
      expect(await sizes()).toEqual([1, 11, 21, 31, 41, 81])
      expect((await verifyDatabase(db, { now: new Date(0) })).findings).toEqual([])
      // The log knows these by now, so the machine of the other tests has them, too.
      await createKeyStore({ dataDir: folder, files: plainFiles }).write(await keys.read())
    })

    it('says the same again where nothing was appended', async () => {
      const before = await signed()
      const [first, second] = [await machine().make(), await machine().make()]
      expect(second.note).toBe(first.note)
      expect(await signed()).toBe(before)
    })

    it('is made once by many at once', async () => {
      await append(3)
      const before = Number(await signed())
      const notes = await Promise.all(Array.from({ length: 5 }, () => machine().make()))
      expect(new Set(notes.map(({ note }) => note)).size).toBe(1)
      expect(await signed()).toBe(before + 1)
    })

    it('is refused to a key that nobody brought in, and made with one that was given', async () => {
      const elsewhere = join(folder, 'elsewhere')
      await expect(machine(elsewhere).make()).rejects.toMatchObject({ code: 'precondition_failed' })
      const { seeds } = JSON.parse(await readFile(join(folder, 'audit-key.json'), 'utf8'))
      const given = new Secret(`${newSigningKey().seed}, ${seeds[0]}`)
      await append(1)
      expect((await machine(elsewhere, given).make()).size).toBe((await readHead(db)).seq)
      await expect(machine(elsewhere, new Secret('no key')).make()).rejects.toMatchObject({
        code: 'config_invalid',
      })
    })

    it('goes on with the same key in a log that continues the last', async () => {
      await fresh()
      const { log, size } = await machine().make()
      expect({ log, size }).toEqual({ log: (await readHead(db)).log, size: 1 })
      expect(isSignedBy(await readKeyRing(db, log), (await machine().make()).note, log)).toBe(true)
    })

    it('lets the gateway only add and read', async () => {
      for (const table of ['audit_checkpoints', 'audit_subtrees', 'audit_keys']) {
        for (const act of [
          `update ${table} set log_id = log_id`,
          `delete from ${table}`,
          `truncate ${table}`,
        ]) {
          const refused = db.transaction('gateway', (tx) => tx.query(act))
          await expect(refused, act).rejects.toMatchObject({ code: '42501' })
        }
        const refused = db.transaction('owner', (tx) => tx.query(`update ${table} set log_id = log_id`))
        await expect(refused).rejects.toMatchObject({ code: 'HX002' })
      }
    })

    describe('never signs what contradicts an earlier one', () => {
      let log: string
      beforeEach(async () => {
        await fresh()
        await append(299)
        await machine().make()
        await append(20)
        log = (await machine().make()).log
        await append(10)
      })

      const refusal = async (dataDir = folder) => {
        const thrown = await machine(dataDir)
          .make()
          .catch((error: unknown) => error)
        const { details } = thrown as { details?: { kind: string; seq: number } }
        return details && `${details.kind} ${details.seq}`
      }
      /** Another machine with the same key that remembers nothing. */
      const forgetful = async () => {
        const other = await mkdtemp(join(folder, 'forgetful-'))
        await writeFile(join(other, 'audit-key.json'), await readFile(join(folder, 'audit-key.json')))
        return other
      }
      const cut = (size: number) => (tx: Transaction) =>
        tx.query('delete from public.audit_entries where log_id = $1 and seq > $2', [log, size]).then(() =>
          tx.query(
            `update public.audit_head set seq = $2,
               hash = (select hash from public.audit_entries where log_id = $1 and seq = $2)`,
            [log, size],
          ),
        )

      it('when the tail was cut and the head put right', async () => {
        await tamper(cut(310))
        expect(await refusal()).toBe('truncated 311')
        expect(await refusal(await forgetful())).toBe('truncated 311')
      })

      it('when the checkpoints went with the tail: this machine remembers', async () => {
        await tamper(async (tx) => {
          await cut(310)(tx)
          await tx.query('delete from public.audit_checkpoints where log_id = $1 and size > 300', [log])
        })
        expect(await refusal()).toBe('truncated 301')
        expect(await refusal(await forgetful())).toBeUndefined()
      })

      it.each([
        [
          'a signed entry is another one',
          `update audit_entries set hash = repeat('a', 64) where seq = 310`,
          'forked 320',
        ],
        ['a kept subtree is another one', `update audit_subtrees set hash = repeat('a', 64)`, 'forked 320'],
        ['a signed entry is gone', 'delete from audit_entries where seq = 310', 'gap 310'],
        ['a new entry is gone', 'delete from audit_entries where seq = 325', 'gap 325'],
        [
          'a new entry is another one',
          `update audit_entries set hash = repeat('a', 64) where seq = 325`,
          'edited 326',
        ],
        [
          'the last entry is another one',
          `update audit_entries set hash = repeat('a', 64) where seq = 330`,
          'forked 330',
        ],
        [
          'a kept subtree is gone',
          'delete from audit_subtrees where log_id = (select log_id from audit_head)',
          'gap 320',
        ],
        [
          'the checkpoint is not signed',
          `update audit_checkpoints set note = replace(note, E'\\n320\\n', E'\\n319\\n')`,
          'bad_signature 320',
        ],
        ['the checkpoint is no checkpoint', `update audit_checkpoints set note = 'x'`, 'bad_signature 320'],
      ])('when %s', async (_, sql, expected) => {
        await tamper((tx) => tx.script(sql))
        expect(await refusal()).toBe(expected)
        expect(Number(await signed())).toBeGreaterThan(0)
      })

      it('and says so on the chain and to the operator, once', async () => {
        await tamper((tx) => tx.query('delete from audit_entries where seq = 310'))
        const errors: unknown[] = []
        const told: string[] = []
        const schedule = createCheckpointSchedule({
          db,
          checkpointer: machine(),
          instance: 'one',
          sole: false,
          beatMs: 20,
          everyMs: 20,
          onError: (error) => errors.push(error),
          onBroken: ({ details }) => told.push(`broken at ${details?.seq}`),
          onSound: () => told.push('sound'),
        })
        schedule.start()
        await sleep(300)
        await schedule.stop()
        expect(errors).toMatchObject([{ code: 'findings', details: { kind: 'gap', seq: 310 } }])
        expect(new Set(told)).toEqual(new Set(['broken at 310']))
        const alarms = await db.query(
          `select data from audit_entries where kind = 'audit.inconsistent' and log_id = $1`,
          [log],
        )
        expect(alarms).toMatchObject([{ data: { finding: 'gap', log, seq: 310 } }])
      })
    })
  })
}

describe.skipIf(engines[0]?.unavailable)(`several gateways on one ${engines[0]?.name}`, () => {
  let database: EmptyDatabase
  let folder: string
  beforeAll(async () => {
    database = (await engines[0]?.start()) as EmptyDatabase
    await migrate(database.db, { mode: database.mode })
    folder = await mkdtemp(join(tmpdir(), 'helix-checkpoints-'))
  })
  afterAll(async () => {
    await database?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  async function gateway(instance: string, dataDir = folder) {
    const db = await database.gateway()
    const made: number[] = []
    const errors: unknown[] = []
    const checkpointer = createCheckpointer({
      db,
      keys: createKeyStore({ dataDir, files: plainFiles }),
      memory: memoryPath(dataDir),
      actor: 'cli:test',
    })
    const counting = {
      ...checkpointer,
      make: async (fence?: number) => {
        made.push(fence ?? 0)
        return checkpointer.make(fence)
      },
    }
    const options = { db, checkpointer: counting, instance, sole: false, beatMs: 100, everyMs: 100 }
    const schedule = createCheckpointSchedule({ ...options, onError: (error) => errors.push(error) })
    return { db, made, errors, schedule }
  }

  it('have one that signs, and another as soon as that one is gone', async () => {
    const [one, two, three] = [await gateway('one'), await gateway('two'), await gateway('three')]
    const all = [one, two, three]
    const busy = async () => {
      const before = all.map(({ made }) => made.length)
      await sleep(700)
      return all.flatMap(({ made }, index) => (made.length > (before[index] ?? 0) ? [index] : []))
    }
    for (const { schedule } of all) schedule.start()
    await sleep(1_500)
    const [first = -1, ...more] = await busy()
    expect(more).toEqual([])

    // Its process is gone without a word: nothing renews the lease.
    await all[first]?.db.close()
    await sleep(1_800)
    const [second = -1, ...others] = await busy()
    expect(others).toEqual([])
    expect(second).not.toBe(first)
    const fences = all[second]?.made ?? []
    expect(Math.min(...fences)).toBeGreaterThan(Math.max(...(all[first]?.made ?? [])))

    // One that ends by itself hands over at once.
    await all[second]?.schedule.stop()
    await sleep(400)
    const [third = -1] = await busy()
    expect(new Set([first, second, third]).size).toBe(3)
    for (const [index, { errors }] of all.entries()) if (index !== first) expect(errors).toEqual([])
    for (const { schedule, db } of all) {
      await schedule.stop().catch(() => {})
      await db.close()
    }
  })

  it('leave it to each other where one has a key that the log does not know, and it says so once', async () => {
    const stranger = await gateway('stranger', join(folder, 'stranger'))
    const known = await gateway('known')
    stranger.schedule.start()
    await sleep(1_000)
    known.schedule.start()
    await sleep(1_000)
    expect(stranger.errors).toMatchObject([{ code: 'precondition_failed' }])
    expect(stranger.made.length).toBe(1)
    expect(known.errors).toEqual([])
    expect(known.made.length).toBeGreaterThan(0)
    for (const { schedule, db } of [stranger, known]) {
      await schedule.stop()
      await db.close()
    }
  })
})

describe('a checkpoint', () => {
  it.each([
    '',
    'helix/a\n1\n',
    'helix/a\n01\nAA==\n\n— helix/a AAAA\n',
    'other/a\n1\nAA==\n\n— x AAAAAAAA\n',
  ])('is none: %j', (text) => expect(parseCheckpoint(text)).toBeUndefined())
})
