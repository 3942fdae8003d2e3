import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database, Transaction } from '../db/database.ts'
import { makeOwn } from '../db/template.ts'
import { appendEntries, auditHead, readHead, readLogId } from './append.ts'
import { createAudit } from './audit.ts'
import { continueLog } from './continue.ts'
import type { NewEntry } from './entry.ts'
import { exportLines, readEntries, readTail } from './export.ts'
import { createRandom, randomText, randomValue } from './generate.case.ts'
import { closeInterrupted, closeLostActs, findOpenIntents } from './open-intents.ts'
import { chainPlace } from './place.ts'
import { verifyEntries } from './verify.ts'
import { verifyDatabase } from './verify-database.ts'

const PERSON = '11111111-1111-4111-8111-111111111111'
const NOTE: NewEntry = { channel: 'api', kind: 'user.seen', actor: 'cli:test', data: { n: 1 } }
const INTENT: NewEntry = { ...NOTE, kind: 'claude.request' }

// What a hosted project, or the bootstrap, has before the migrations.
const BEFORE = `
  create schema auth;
  create table auth.users (id uuid primary key);
  insert into auth.users values ('${PERSON}');
  do $$ declare wanted text; begin
    foreach wanted in array array['anon', 'authenticated', 'service_role'] loop
      begin
        execute format('create role %I nologin', wanted);
      exception when duplicate_object or unique_violation then null;
      end;
      execute format('grant %I to %I', wanted, current_user);
    end loop;
  end $$;`

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const item of items) collected.push(item)
  return collected
}

/** Makes the audit tables in an empty database, as the migrations do. */
export async function migrateAudit(db: Database): Promise<void> {
  const files = ['20261123000000_roles.sql', '20261123000100_audit.sql', '20261126001000_open_acts.sql']
  const folder = new URL('../../supabase/migrations/', import.meta.url)
  const scripts = await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')))
  await db.transaction('owner', async (tx) => {
    for (const script of [BEFORE, ...scripts]) await tx.script(script)
  })
}

export interface AuditDatabase {
  db: Database
  stop(): Promise<void>
}

/** What the chain promises, on any database; `start` gives an empty one after migrateAudit, as the gateway. */
export function auditSuite(name: string, start: () => Promise<AuditDatabase>): void {
  describe(`the audit chain on ${name}`, () => {
    let db: Database
    let stop: () => Promise<void> = async () => {}
    beforeAll(async () => {
      const started = await start()
      db = started.db
      stop = started.stop
    })
    afterAll(() => stop())

    const sound = async () => {
      const { findings, entries } = await verifyDatabase(db, { now: new Date(0) })
      expect(findings).toEqual([])
      return entries
    }

    // As an intruder would, who owns the database and knows how to switch the trigger off.
    const tamper = (work: (tx: Transaction) => Promise<unknown>) =>
      db.transaction('owner', async (tx) => {
        await tx.script('alter table public.audit_entries disable trigger audit_entries_only_grow')
        await work(tx)
        await tx.script('alter table public.audit_entries enable trigger audit_entries_only_grow')
      })

    it('has its own id until something is appended, and keeps it then', async () => {
      const first = await readLogId(db)
      await makeOwn(db)
      const second = await readLogId(db)
      expect([first, second]).toEqual([
        expect.stringMatching(/^[0-9a-f]{32}$/),
        expect.not.stringMatching(first),
      ])
      await createAudit(db, second).append(NOTE)
      await makeOwn(db)
      expect(await readLogId(db)).toBe(second)
    })

    it('hashes in SQL what TypeScript hashes, whatever was logged', async () => {
      const random = createRandom(11)
      const log = await readLogId(db)
      for (let round = 0; round < 60; round += 1) {
        const heads = Array.from({ length: 16 }, () => {
          const data = { [randomText(random)]: randomValue(random), more: randomValue(random) }
          return auditHead(log, { ...NOTE, data }, new Date(Math.floor(random() * 2.5e14)))
        })
        const before = await readHead(db)
        expect(await appendEntries(db, heads)).toBe(before.seq + 1)
      }
      expect(await sound()).toBe(961)
      const lines = await collect(exportLines(db))
      expect((await verifyEntries(lines, { head: await readHead(db) })).findings).toEqual([])
    })

    it('refuses a head made for another log, and takes none of its company', async () => {
      const before = await readHead(db)
      const heads = [auditHead(before.log, NOTE, new Date()), auditHead('another', NOTE, new Date())]
      await expect(appendEntries(db, heads)).rejects.toMatchObject({ code: 'audit_unavailable' })
      expect(await readHead(db)).toEqual(before)
    })

    it('gives nothing to a rolled back act, and leaves no gap after it', async () => {
      const before = await readHead(db)
      const failing = db.transaction('gateway', async (tx) => {
        await createAudit(tx, before.log).append(NOTE)
        throw new Error('the act failed')
      })
      await expect(failing).rejects.toThrow('the act failed')
      expect(await createAudit(db, before.log).append(NOTE)).toBe(before.seq + 1)
    })

    it('stays one dense chain under eight writers', async () => {
      const { log, seq } = await readHead(db)
      const audit = createAudit(db, log)
      const write = async () => {
        const seqs: number[] = []
        for (let round = 0; round < 25; round += 1) seqs.push(await audit.append(NOTE))
        return seqs
      }
      const seqs = (await Promise.all(Array.from({ length: 8 }, write))).flat()
      expect(seqs.toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 200 }, (_, index) => seq + 1 + index),
      )
      await sound()
    })

    it('lets the gateway add and read, nothing else', async () => {
      for (const statement of [
        'update public.audit_entries set seq = seq',
        'delete from public.audit_entries',
        'truncate public.audit_entries',
        'delete from public.audit_head',
        `insert into public.audit_head (log_id) values ('x')`,
        'update public.audit_actors set actor = actor',
      ]) {
        const refused = db.transaction('gateway', (tx) => tx.query(statement))
        await expect(refused, statement).rejects.toMatchObject({ code: '42501' })
      }
    })

    it('refuses changes to its owner too, and a second head to anybody', async () => {
      const refused = (statement: string) => db.transaction('owner', (tx) => tx.query(statement))
      for (const statement of [
        'update public.audit_entries set seq = seq',
        'truncate public.audit_entries',
      ]) {
        await expect(refused(statement)).rejects.toMatchObject({ code: 'HX002' })
      }
      await expect(refused(`insert into public.audit_head (log_id) values ('x')`)).rejects.toMatchObject({
        code: '23505',
      })
    })

    it('lets people see nothing of it', async () => {
      const claims = { sub: PERSON, role: 'authenticated' }
      for (const table of ['audit_entries', 'audit_head', 'audit_actors']) {
        const refused = db.transaction({ role: 'authenticated', claims }, (tx) =>
          tx.query(`select * from public.${table}`),
        )
        await expect(refused).rejects.toMatchObject({ code: '42501' })
      }
    })

    it('logs before it acts, and how it ended', async () => {
      const audit = createAudit(db, await readLogId(db))
      const start: NewEntry = {
        channel: 'commands',
        kind: 'deploy.start',
        actor: 'cli:test',
        data: { to: 'web' },
      }
      let seen = 0
      const result = await audit.act(
        start,
        async (seq) => {
          seen = (await readHead(db)).seq
          expect(seq).toBe(seen)
          return 'v7'
        },
        (release) => ({ release }),
      )
      await expect(audit.act(start, () => Promise.reject(new Error('secret text')))).rejects.toThrow(
        'secret text',
      )
      expect(result).toBe('v7')
      expect((await readTail(db, 4)).map(({ kind, data }) => [kind, data])).toEqual([
        ['deploy.start', { to: 'web' }],
        ['deploy.end', { intent: seen, outcome: 'ok', release: 'v7' }],
        ['deploy.start', { to: 'web' }],
        ['deploy.end', { intent: seen + 2, outcome: 'failed', code: 'internal' }],
      ])
    })

    it('does nothing that it could not announce', async () => {
      let done = false
      const act = createAudit(db, 'another-log').act({ ...NOTE, kind: 'a.start' }, () => {
        done = true
      })
      await expect(act).rejects.toMatchObject({ code: 'audit_unavailable' })
      expect(done).toBe(false)
    })

    it('finds open intents, and closes those whose doer is gone', async () => {
      const log = await readLogId(db)
      const audit = createAudit(db, log)
      const open = await audit.intent(INTENT)
      const closed = await audit.intent(INTENT)
      await audit.outcome(closed, { ...NOTE, kind: 'claude.response' })
      const later = new Date(Date.now() + 60_000)
      const found = await findOpenIntents(db, { before: later })
      expect(found.map(({ seq }) => seq)).toEqual([open])
      const { findings } = await verifyDatabase(db, { now: later, graceMs: 0 })
      expect(findings).toMatchObject([{ kind: 'open_intent', seq: open }])
      await closeInterrupted(db, found, log, 'cli:test')
      expect(await findOpenIntents(db, { before: later })).toEqual([])
      expect((await verifyDatabase(db, { now: later, graceMs: 0 })).findings).toEqual([])
    })

    it('closes acts whose doer fell silent, once, and those alone', async () => {
      const log = await readLogId(db)
      const place = chainPlace(db, log)
      const start: NewEntry = { ...NOTE, kind: 'deploy.start' }
      const [silent, late, working] = [
        await place.begin(start),
        await place.begin(start),
        await place.begin(start),
      ]
      const age = (seq: number) =>
        db.query(`update public.audit_acts set expires_at = now() - interval '1 s' where seq = $1`, [seq])
      await Promise.all([age(silent), age(late)])
      await place.renew(late)
      const closed = await Promise.all([1, 2, 3].map((n) => closeLostActs(db, `gateway:${n}`)))
      expect(closed.toSorted()).toEqual([0, 0, 1])
      const [last] = await readTail(db, 1)
      expect(last).toMatchObject({ kind: 'deploy.end', data: { intent: silent, outcome: 'interrupted' } })
      for (const seq of [late, working]) {
        await place.end(seq, { ...NOTE, kind: 'deploy.end', data: { intent: seq, outcome: 'ok' } })
      }
      expect(await db.query('select seq from public.audit_acts')).toEqual([])
      const later = new Date(Date.now() + 60_000)
      expect(await findOpenIntents(db, { before: later })).toEqual([])
    })

    it('goes on under a new id after a restore, bound to the old log', async () => {
      const before = await readHead(db)
      const end = await db.transaction('owner', (tx) => continueLog(tx, { actor: 'cli:test', backup: 'b-1' }))
      expect(end).toMatchObject({ seq: 1, log: expect.not.stringMatching(before.log) })
      const [first] = await readTail(db, 5)
      expect(first?.data).toMatchObject({
        log: before.log,
        size: before.seq,
        head: before.hash,
        backup: 'b-1',
      })
      expect(await sound()).toBe(before.seq + 1)
      await expect(createAudit(db, before.log).append(NOTE)).rejects.toMatchObject({
        code: 'audit_unavailable',
      })
      await createAudit(db, end.log).append(NOTE)
      const since = await collect(readEntries(db, { since: 1 }))
      expect(since.map(({ log, seq }) => [log, seq])).toEqual([[end.log, 2]])
    })

    it('shows where its owner tampered with it', async () => {
      const { log, seq } = await readHead(db)
      const audit = createAudit(db, log)
      for (let round = 0; round < 9; round += 1) await audit.append(NOTE)
      const kinds = async () =>
        (await verifyDatabase(db)).findings.map((finding) => [finding.kind, finding.seq])

      await tamper((tx) =>
        tx.query(`update public.audit_entries set actor = 'x' where log_id = $1 and seq = $2`, [
          log,
          seq + 3,
        ]),
      )
      expect(await kinds()).toEqual([['edited', seq + 3]])
      await tamper((tx) =>
        tx.query('delete from public.audit_entries where log_id = $1 and seq = $2', [log, seq + 3]),
      )
      expect(await kinds()).toEqual([['gap', seq + 3]])
      await tamper((tx) =>
        tx.query('delete from public.audit_entries where log_id = $1 and seq > $2', [log, seq + 2]),
      )
      expect(await kinds()).toEqual([['truncated', seq + 3]])
      await tamper((tx) =>
        tx.query(
          'update public.audit_head set seq = $1, hash = (select hash from public.audit_entries where log_id = $2 and seq = $1)',
          [seq + 1, log],
        ),
      )
      expect(await kinds()).toEqual([['forked', seq + 2]])
    })
  })
}
