import { copyFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmptyDatabase, engines } from '../../../test/support/engines.ts'
import type { Database, Transaction } from '../../db/database.ts'
import { migrate } from '../../db/migrations/migrate.ts'
import { plainFiles } from '../../files.ts'
import { appendEntries, auditHead, readHead } from '../append.ts'
import { continueLog } from '../continue.ts'
import { verifyDatabase } from '../verify-database.ts'
import { rotateKey, trustKey } from './change-keys.ts'
import { checkProof } from './check-proof.ts'
import { createCheckpointer } from './checkpointer.ts'
import { makeProof, newestKnown, type ProofDocument, parseProof } from './proof.ts'
import { memoryPath } from './seen.ts'
import { createKeyStore, newSigningKey } from './signing-keys.ts'
import { knownTo, trustedBy, witness } from './witness.ts'

const NOTE = { channel: 'api', kind: 'user.seen', actor: 'cli:test', data: { n: 1 } } as const
const engine = engines[1] as (typeof engines)[number]

describe('proofs and a witness', () => {
  let database: EmptyDatabase
  let db: Database
  let folder: string
  let genesis: string
  beforeAll(async () => {
    database = await engine.start()
    await migrate(database.db, { mode: database.mode })
    db = await database.gateway()
    folder = await mkdtemp(join(tmpdir(), 'helix-witness-'))
    await grow(400)
    genesis = (await keys().read())[0]?.publicKey.toString('hex') ?? ''
  })
  afterAll(async () => {
    await database?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const keys = () => createKeyStore({ dataDir: folder, files: plainFiles })
  const sign = () =>
    createCheckpointer({ db, keys: keys(), memory: memoryPath(folder), actor: 'cli:test' }).make()
  async function grow(count: number) {
    const { log } = await readHead(db)
    await appendEntries(
      db,
      Array.from({ length: count }, () => auditHead(log, NOTE, new Date())),
    )
    return sign()
  }
  const file = (name: string) => join(folder, `${name}.json`)
  const show = async (name: string, options = {}) => {
    const from = await newestKnown(db, await knownTo(file(name)))
    return witness(file(name), await makeProof(db, { from }), options)
  }
  const findings = ({ findings: all }: { findings: { kind: string; log: string; seq: number }[] }) =>
    all.map(({ kind, seq }) => `${kind} ${seq}`)
  const tamper = (work: (tx: Transaction) => Promise<unknown>) =>
    db.transaction('owner', async (tx) => {
      const tables = ['audit_entries', 'audit_checkpoints', 'audit_subtrees', 'audit_keys']
      for (const table of tables) await tx.script(`alter table ${table} disable trigger ${table}_only_grow`)
      await work(tx)
      for (const table of tables) await tx.script(`alter table ${table} enable trigger ${table}_only_grow`)
    })

  it('prove every entry with a few hashes, to whoever has the key', async () => {
    const { size } = await sign()
    for (const seq of [1, 2, 255, 256, 257, 400, size]) {
      const text = JSON.stringify(
        await makeProof(db, { seq, from: { log: (await readHead(db)).log, size: 1 } }),
      )
      expect(text.length).toBeLessThan(4_096)
      expect(checkProof(parseProof(text), [genesis])).toMatchObject({
        finding: undefined,
        checkpoint: { size },
      })
      const stranger = newSigningKey().publicKey.toString('hex')
      expect(checkProof(parseProof(text), [stranger]).finding).toMatchObject({
        kind: 'bad_signature',
        seq: size,
      })
    }
    await expect(makeProof(db, { seq: size + 1 })).rejects.toMatchObject({ code: 'precondition_failed' })
    expect(() => parseProof('{}')).toThrow(/not a proof/)
  })

  it('do not hold once anything in them is changed', async () => {
    const { log } = await readHead(db)
    const proof = await makeProof(db, { seq: 300, from: { log, size: 200 } })
    const { included, growth } = proof
    if (!included || !growth) throw new Error('nothing was proved')
    const { entry } = included
    const another = (await makeProof(db, { seq: 299 })).included
    const changed: [ProofDocument, string][] = [
      [{ ...proof, included: { ...included, entry: { ...entry, actor: 'cli:mallory' } } }, 'forked'],
      [{ ...proof, included: { ...included, entry: another?.entry ?? entry } }, 'forked'],
      [{ ...proof, included: { ...included, inclusion: included.inclusion.toReversed() } }, 'forked'],
      [{ ...proof, growth: { ...growth, size: 199 } }, 'forked'],
      [{ ...proof, growth: { ...growth, consistency: growth.consistency.slice(1) } }, 'forked'],
      [{ ...proof, growth: { ...growth, log: 'another' } }, 'forked'],
      [{ ...proof, checkpoint: proof.checkpoint.replace('\n4', '\n5') }, 'bad_signature'],
      [{ ...proof, checkpoint: '' }, 'bad_signature'],
      [{ ...proof, keys: [] }, 'bad_signature'],
    ]
    for (const [document, kind] of changed)
      expect(checkProof(document, [genesis]).finding).toMatchObject({ kind })
  })

  it('a witness follows a log that grows, in a file of its own', async () => {
    expect(await show('follows', { key: genesis })).toMatchObject({ findings: [], grown: null })
    await grow(3)
    expect(await show('follows')).toMatchObject({ findings: [], grown: 3 })
    expect(await show('follows')).toMatchObject({ findings: [], grown: 0 })
    expect((await stat(file('follows'))).mode & 0o777).toBe(0o600)
    await grow(300)
    const all = await Promise.all([show('follows'), show('follows'), show('follows')])
    expect(all.map(({ findings: found }) => found)).toEqual([[], [], []])
    expect((await knownTo(file('follows'))).map(({ size }) => size)).toEqual([(await readHead(db)).seq])
  })

  it('a witness trusts the first key it is shown and says so, until somebody names one', async () => {
    await show('first')
    expect(await trustedBy(file('first'))).toMatchObject([{ keys: [genesis], vouched: false }])
    const stranger = newSigningKey().publicKey.toString('hex')
    expect(findings(await show('first', { key: stranger }))).toEqual([`bad_signature ${(await sign()).size}`])
    expect(await trustedBy(file('first'))).toMatchObject([{ keys: [genesis], vouched: false }])
    await show('first', { key: genesis })
    await show('first')
    expect(await trustedBy(file('first'))).toMatchObject([{ keys: [genesis], vouched: true }])
  })

  it('a witness takes no log by another key, and no other log', async () => {
    const stranger = newSigningKey().publicKey.toString('hex')
    expect(findings(await show('strict', { key: stranger }))).toEqual([
      `bad_signature ${(await readHead(db)).seq}`,
    ])
    expect(await knownTo(file('strict'))).toEqual([])
    await expect(readFile(file('strict'), 'utf8')).resolves.not.toContain('note')
  })

  it('a witness keeps what it had when it is shown less, and says from where on', async () => {
    const before = await makeProof(db, {})
    const { size } = await grow(5)
    await show('less')
    expect(findings(await witness(file('less'), before))).toEqual([`truncated ${size - 4}`])
    expect((await knownTo(file('less')))[0]?.size).toBe(size)
    const { log } = await readHead(db)
    const other = await makeProof(db, { from: { log, size: size - 1 } })
    await grow(1)
    const { checkpoint, keys: introductions } = await makeProof(db, {})
    const unproved = { ...other, checkpoint, keys: introductions, growth: null }
    expect(findings(await witness(file('less'), unproved))).toEqual([`forked ${size}`])
  })

  it('a witness and verify both find a log written anew with the true key', async () => {
    await show('anew')
    const [seen] = await knownTo(file('anew'))
    const { log, seq } = await readHead(db)
    // Who has database and key writes another last entry, signs it, and makes this machine forget.
    await copyFile(memoryPath(folder), file('kept'))
    await tamper(async (tx) => {
      await tx.query('delete from audit_checkpoints where log_id = $1', [log])
      await tx.query('delete from audit_subtrees where log_id = $1', [log])
      await tx.query('delete from audit_entries where log_id = $1 and seq = $2', [log, seq])
      await tx.query(
        `update audit_head set seq = $2, hash = (select hash from audit_entries where log_id = $1 and seq = $2)`,
        [log, seq - 1],
      )
    })
    await rm(memoryPath(folder))
    await grow(1)
    expect((await verifyDatabase(db)).findings, 'nothing here contradicts it').toEqual([])
    expect(findings(await show('anew'))).toEqual([`forked ${seen?.size}`])
    const against = await verifyDatabase(db, { witnessed: seen ? [seen] : [] })
    expect(findings(against)).toEqual([`forked ${seen?.size}`])
    await copyFile(file('kept'), memoryPath(folder))
    await expect(sign()).rejects.toMatchObject({ code: 'findings', details: { kind: 'forked' } })
    await rm(memoryPath(folder))
    await sign()
  })

  it('a witness follows a change of keys, and no old key after it', async () => {
    await show('keys')
    const old = await keys().read()
    const change = await rotateKey({ db, keys: keys(), actor: 'cli:test' })
    expect(change.signedBy).toBe(old[0]?.publicKey.toString('hex'))
    const kept = (await keys().read()).map(({ publicKey }) => publicKey.toString('hex'))
    expect(kept, 'a log restored from before still finds its key').toEqual([
      change.publicKey,
      change.signedBy,
    ])
    await grow(2)
    expect(await show('keys')).toMatchObject({ findings: [], grown: 3 })
    expect(JSON.parse(await readFile(file('keys'), 'utf8')).origins[`helix/${change.log}`].keys).toEqual([
      change.publicKey,
    ])
    for (const anchor of [change.signedBy, change.publicKey]) {
      expect((await verifyDatabase(db, { anchor })).findings).toEqual([])
    }
    const fresh = await keys().read()
    await keys().write(old)
    await expect(grow(1)).rejects.toMatchObject({ code: 'precondition_failed' })
    await expect(rotateKey({ db, keys: keys(), actor: 'cli:test' })).rejects.toMatchObject({
      code: 'precondition_failed',
    })
    await keys().write(fresh)
  })

  it('another machine signs with a key of its own once a known one brought it in', async () => {
    const [signer] = await keys().read()
    const known = signer?.publicKey.toString('hex')
    const other = newSigningKey()
    const verifier = { name: 'any', publicKey: other.publicKey }
    await trustKey({ db, keys: keys(), actor: 'cli:test' }, verifier)
    await expect(trustKey({ db, keys: keys(), actor: 'cli:test' }, verifier)).rejects.toMatchObject({
      code: 'precondition_failed',
    })
    await sign()
    await show('machines')
    await keys().write([other, ...(await keys().read())])
    await grow(1)
    expect(await show('machines')).toMatchObject({ findings: [], grown: 1 })
    expect((await verifyDatabase(db, { anchor: known })).findings).toEqual([])
  })

  it('a witness follows a restored log, and says what a restore lost until that is accepted', async () => {
    await show('restored')
    await copyFile(file('restored'), file('ahead'))
    const before = await readHead(db)
    await db.transaction('owner', (tx) => continueLog(tx, { actor: 'cli:test', backup: 'b-1' }))
    await grow(4)
    expect(await show('restored')).toMatchObject({ findings: [], grown: 5 })
    expect(findings(await verifyDatabase(db, { witnessed: await knownTo(file('restored')) }))).toEqual([])

    // The other witness saw two entries more of the old log than the backup had.
    const ahead = JSON.parse(await readFile(file('ahead'), 'utf8'))
    expect(Object.keys(ahead.origins)).toEqual([`helix/${before.log}`])
    const [last] = await knownTo(file('ahead'))
    await tamper(async (tx) => {
      await tx.query('delete from audit_checkpoints where log_id = $1 and size = $2', [
        before.log,
        last?.size ?? 0,
      ])
      await tx.query('delete from audit_entries where log_id <> $1', [before.log])
      await tx.query('delete from audit_keys where log_id <> $1', [before.log])
      await tx.query('delete from audit_checkpoints where log_id <> $1', [before.log])
      await tx.query('delete from audit_entries where log_id = $1 and seq > $2', [before.log, before.seq - 2])
      await tx.query(
        `update audit_head set log_id = $1, seq = $2,
         hash = (select hash from audit_entries where log_id = $1 and seq = $2)`,
        [before.log, before.seq - 2],
      )
      await continueLog(tx, { actor: 'cli:test', backup: 'b-0' })
    })
    await grow(2)
    expect(findings(await show('ahead'))).toEqual([`truncated ${before.seq - 1}`])
    expect(findings(await show('ahead', { acceptLoss: 'another' }))).toEqual([`truncated ${before.seq - 1}`])
    expect(await show('ahead', { acceptLoss: before.log })).toMatchObject({ findings: [], grown: 3 })
    await grow(1)
    expect(await show('ahead')).toMatchObject({ findings: [], grown: 1 })
    expect((await knownTo(file('ahead'))).map(({ log }) => log)).toEqual([(await readHead(db)).log])
  })

  it('a witness that knows logs takes a stranger only when told to', async () => {
    const elsewhere = await engine.start()
    try {
      await migrate(elsewhere.db, { mode: elsewhere.mode })
      const other = await elsewhere.gateway()
      const dataDir = join(folder, 'elsewhere')
      const store = createKeyStore({ dataDir, files: plainFiles })
      await createCheckpointer({
        db: other,
        keys: store,
        memory: memoryPath(dataDir),
        actor: 'cli:test',
      }).make()
      await show('strangers')
      const proof = await makeProof(other, {})
      expect(findings(await witness(file('strangers'), proof))).toEqual(['forked 1'])
      expect(await witness(file('strangers'), proof, { acceptNew: true })).toMatchObject({ findings: [] })
      expect(await knownTo(file('strangers'))).toHaveLength(2)
    } finally {
      await elsewhere.stop()
    }
  })
})
