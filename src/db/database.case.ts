import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database, PersonAccess } from './database.ts'

/** What a database needs before the suite runs on it, as its owner. */
export const SUITE_SCHEMA = `
  do $$ begin
    if not exists (select from pg_roles where rolname = 'helix_gateway') then create role helix_gateway nologin; end if;
    if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated nologin; end if;
    if not exists (select from pg_roles where rolname = 'anon') then create role anon nologin; end if;
    execute format('grant helix_gateway, authenticated, anon to %I', current_user);
  exception when duplicate_object or unique_violation then null;
  end $$;
  grant usage on schema public to helix_gateway, authenticated;
  create table public.note (
    id int8 generated always as identity primary key, owner text not null, body text not null check (body <> '')
  );
  alter table public.note enable row level security;
  create policy gateway on public.note for all to helix_gateway using (true) with check (true);
  create policy own on public.note for all to authenticated
    using (owner = current_setting('request.jwt.claims')::jsonb ->> 'sub')
    with check (owner = current_setting('request.jwt.claims')::jsonb ->> 'sub');
  grant select, insert, update, delete on public.note to helix_gateway, authenticated;
  create table public.owned_only (id int);
  create table public.copied (id int, label text);
`

export interface SuiteDatabase {
  db: Database
  /** Another way to the same database, as another process would have. */
  other: Database
  /** How long a transaction may be idle there; undefined where none expires. */
  leaseMs?: number
  stop(): Promise<void>
}

const ada: PersonAccess = { role: 'authenticated', claims: { sub: 'ada', role: 'authenticated' } }
const bob: PersonAccess = { role: 'authenticated', claims: { sub: 'bob', role: 'authenticated' } }

async function text(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

async function* bytesOf(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part)
}

/** What every adapter promises, run against one of them. */
export function databaseSuite(name: string, start: () => Promise<SuiteDatabase>): void {
  describe(name, () => {
    let suite: SuiteDatabase
    let db: Database
    let other: Database

    beforeAll(async () => {
      suite = await start()
      db = suite.db
      other = suite.other
    })
    afterAll(() => suite?.stop())

    describe('values', () => {
      it('come back as the interface says', async () => {
        const [row] = await db.query(`select
          7::int4 as small, 9007199254740991::int8 as safe, 9007199254740993::int8 as large, 1.50::numeric as exact,
          '2026-11-23T07:30:00.123Z'::timestamptz as moment, '\\x00ff10'::bytea as bytes, '{"a":[1,null]}'::jsonb as json,
          true as yes, null as nothing, '2026-11-23'::date as day, 1.5::float8 as float,
          '9f1c7a34-0d6b-4f0e-8b1a-0a5c5d5e5f60'::uuid as uuid`)
        expect(row).toEqual({
          small: 7,
          safe: 9007199254740991,
          large: 9007199254740993n,
          exact: '1.50',
          moment: new Date('2026-11-23T07:30:00.123Z'),
          bytes: new Uint8Array([0, 255, 16]),
          json: { a: [1, null] },
          yes: true,
          nothing: null,
          day: '2026-11-23',
          float: 1.5,
          uuid: '9f1c7a34-0d6b-4f0e-8b1a-0a5c5d5e5f60',
        })
      })

      it('come back from arrays too', async () => {
        const [row] = await db.query(`select
          array['a', 'b "c" \\', null, ''] as texts, array[[1, 2], [3, 4]]::int8[] as matrix, '{}'::text[] as none,
          array['{"a":1}']::jsonb[] as jsons, array[true, false] as flags`)
        expect(row).toEqual({
          texts: ['a', 'b "c" \\', null, ''],
          matrix: [
            [1, 2],
            [3, 4],
          ],
          none: [],
          jsons: [{ a: 1 }],
          flags: [true, false],
        })
      })

      it('survive the way there and back', async () => {
        const moment = new Date('1969-07-20T20:17:40.001Z')
        const awkward = 'comma, "quote" \\ {brace} NULL \n ü 🎈'
        const [row] = await db.query(
          `select $1::text as text, $2::int8 as int, $3::bool as flag, $4::timestamptz as moment, $5::bytea as bytes,
             $6::jsonb as json, $7::text[] as texts, $8::int4[] as ints, $9::text as nothing, $10::float8 as float,
             $11::int4 as small`,
          [
            awkward,
            9007199254740993n,
            false,
            moment,
            new Uint8Array([0, 1, 254, 255]),
            JSON.stringify({ awkward }),
            [awkward, '', 'NULL', null],
            [1, -2],
            null,
            0.1,
            42,
          ],
        )
        expect(row).toEqual({
          text: awkward,
          int: 9007199254740993n,
          flag: false,
          moment,
          bytes: new Uint8Array([0, 1, 254, 255]),
          json: { awkward },
          texts: [awkward, '', 'NULL', null],
          ints: [1, -2],
          nothing: null,
          float: 0.1,
          small: 42,
        })
      })

      it('keep far dates', async () => {
        const [row] = await db.query(
          `select '0044-03-15 12:00:00+00 BC'::timestamptz as old, '12026-01-01 00:00:00+00'::timestamptz as far`,
        )
        expect(row?.old).toEqual(new Date('-000043-03-15T12:00:00Z'))
        expect(row?.far).toEqual(new Date('+012026-01-01T00:00:00Z'))
      })

      it('of many rows arrive whole', async () => {
        const rows = await db.query(`select i, repeat('x', 100) as pad from generate_series(1, 5000) i`)
        expect(rows).toHaveLength(5000)
        expect(rows.at(-1)).toEqual({ i: 5000, pad: 'x'.repeat(100) })
      })
    })

    describe('access', () => {
      const whoami = 'select current_user::text as role'

      it('is the gateway by default, and in the gateway transaction', async () => {
        expect(await db.query(whoami)).toEqual([{ role: 'helix_gateway' }])
        expect(await db.transaction('gateway', (tx) => tx.query(whoami))).toEqual([{ role: 'helix_gateway' }])
        await expect(db.query('select from owned_only')).rejects.toMatchObject({ code: '42501' })
      })

      it('of the owner lasts for its transaction alone', async () => {
        expect(await db.transaction('owner', (tx) => tx.query('select 1 as seen from owned_only'))).toEqual(
          [],
        )
        expect(await db.query(whoami)).toEqual([{ role: 'helix_gateway' }])
      })

      it('of a person shows and takes only their rows', async () => {
        await db.transaction('gateway', (tx) =>
          tx.query(`insert into note (owner, body) values ('ada', 'hers'), ('bob', 'his')`),
        )
        const seen = await db.transaction(ada, (tx) => tx.query('select owner, body from note'))
        expect(seen).toEqual([{ owner: 'ada', body: 'hers' }])
        const changed = await db.transaction(bob, (tx) =>
          tx.query(`update note set body = 'mine' where owner = 'ada' returning id`),
        )
        expect(changed).toEqual([])
        await expect(
          db.transaction(bob, (tx) => tx.query(`insert into note (owner, body) values ('ada', 'forged')`)),
        ).rejects.toMatchObject({ code: '42501' })
        expect(await db.query(`select body from note order by owner`)).toEqual([
          { body: 'hers' },
          { body: 'his' },
        ])
      })

      it('of a role that is not there fails as that, not as its consequence', async () => {
        const nobody = { role: 'nobody', claims: {} } as unknown as PersonAccess
        const work = db.transaction(nobody, (tx) => tx.query('select 1'))
        await expect(work).rejects.toMatchObject({ code: '22023' })
      })

      it('of a person ends with the transaction', async () => {
        await db.transaction(ada, (tx) => tx.query('select 1 as one'))
        const [row] = await db.query(
          `select current_setting('request.jwt.claims', true) as claims, current_user::text as role`,
        )
        expect(row?.role).toBe('helix_gateway')
        expect(row?.claims || null).toBeNull()
      })
    })

    describe('transactions', () => {
      it('leave nothing behind when the work throws', async () => {
        const failure = new Error('no')
        const work = db.transaction('gateway', async (tx) => {
          await tx.query(`insert into note (owner, body) values ('rollback', 'x')`)
          throw failure
        })
        await expect(work).rejects.toBe(failure)
        expect(await db.query(`select from note where owner = 'rollback'`)).toEqual([])
      })

      it('do not pretend to commit after a failed statement was swallowed', async () => {
        const work = db.transaction('gateway', async (tx) => {
          await tx.query('select 1 / 0').catch(() => {})
        })
        await expect(work).rejects.toMatchObject({ code: '25P02' })
        expect(await db.query('select 1 as one')).toEqual([{ one: 1 }])
      })

      it('take scripts of several statements', async () => {
        await db.transaction('owner', (tx) =>
          tx.script('create table made (id int); insert into made values (1), (2); '),
        )
        const made = await db.transaction('owner', (tx) => tx.query('select count(*) as total from made'))
        expect(made).toEqual([{ total: 2 }])
      })

      it('serialise concurrent increments', async () => {
        await db.transaction('owner', (tx) =>
          tx.script(
            'create table tally (n int); insert into tally values (0); grant all on tally to helix_gateway',
          ),
        )
        await Promise.all(
          [db, other, db, other, db, other].map((one) =>
            one.transaction('gateway', async (tx) => {
              const [row] = await tx.query('select n from tally for update')
              await tx.query('update tally set n = $1', [Number(row?.n) + 1])
            }),
          ),
        )
        expect(await db.query('select n from tally')).toEqual([{ n: 6 }])
      })

      it('may run many at once', async () => {
        const sums = await Promise.all(
          Array.from({ length: 50 }, (_, i) =>
            (i % 2 ? db : other).query('select $1::int4 + 1 as next', [i]),
          ),
        )
        expect(sums.map(([row]) => row?.next)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
      })

      it('run scripts that refuse a transaction, as the owner', async () => {
        await db.scriptOutsideTransaction(
          `create table loose (id int); create index concurrently loose_id on loose (id); vacuum loose;`,
        )
        const [row] = await db.query(
          `select indisvalid from pg_index where indexrelid = 'public.loose_id'::regclass`,
        )
        expect(row).toEqual({ indisvalid: true })
        expect(await db.query('select current_user::text as role')).toEqual([{ role: 'helix_gateway' }])
      })
    })

    describe('errors', () => {
      it('carry what PostgreSQL said, never the parameters', async () => {
        const failing = db.query(`insert into note (owner, body) values ($1, $2)`, ['secret-owner', ''])
        const thrown = await failing.catch((error) => error)
        expect(thrown).toBeInstanceOf(Error)
        expect(thrown).toMatchObject({
          name: 'StatementError',
          code: '23514',
          table: 'note',
          schema: 'public',
          constraint: 'note_body_check',
        })
        expect(thrown.message).toContain('note_body_check')
        expect(Object.keys(thrown)).not.toContain('params')
      })

      it('point at the place', async () => {
        await expect(db.query('select nowhere from note')).rejects.toMatchObject({
          code: '42703',
          position: '8',
        })
      })

      it('of a type or a count of parameters do not break the next statement', async () => {
        await expect(db.query('select $1::int4', ['x'])).rejects.toMatchObject({ code: '22P02' })
        await expect(db.query('select $1::int4, $2::int4', [1])).rejects.toThrow()
        expect(await db.query('select 1 as one')).toEqual([{ one: 1 }])
      })
    })

    describe('named locks', () => {
      it('exclude each other', async () => {
        const order: string[] = []
        const hold = (one: Database, label: string) =>
          one.lock('suite', async () => {
            order.push(`${label} in`)
            await sleep(30)
            order.push(`${label} out`)
          })
        await Promise.all([hold(db, 'a'), hold(other, 'b'), hold(db, 'c')])
        expect(order).toHaveLength(6)
        for (let i = 0; i < order.length; i += 2) expect(order[i + 1]).toBe(order[i]?.replace('in', 'out'))
      })

      it('give up after the wait', async () => {
        await db.lock('held', async () => {
          await expect(other.lock('held', async () => {}, { waitMs: 50 })).rejects.toMatchObject({
            code: 'lock_held',
          })
          expect(await other.lock('another', async () => 'free')).toBe('free')
        })
        expect(await other.lock('held', async () => 'now', { waitMs: 1000 })).toBe('now')
      })

      it('are freed when the work throws, and let statements through', async () => {
        await expect(
          db.lock('thrown', async () => {
            await db.query('select 1')
            throw new Error('inside')
          }),
        ).rejects.toThrow('inside')
        expect(await other.lock('thrown', async () => 'free', { waitMs: 1000 })).toBe('free')
      })
    })

    describe('notifications', () => {
      it('arrive at every listener of the channel after commit, in order', async () => {
        const seen: string[] = []
        const seenThere: string[] = []
        const stopHere = await db.listen('Suite-Channel', (payload) => seen.push(payload))
        const stopThere = await other.listen('Suite-Channel', (payload) => seenThere.push(payload))
        await db.transaction('gateway', async (tx) => {
          await tx.query(`select pg_notify('Suite-Channel', 'one')`)
          await tx.query(`select pg_notify('Suite-Channel', 'two')`)
        })
        await other.query(`select pg_notify('Suite-Channel', 'three')`)
        await expect.poll(() => seen).toEqual(['one', 'two', 'three'])
        await expect.poll(() => seenThere).toEqual(['one', 'two', 'three'])
        await stopHere()
        await stopThere()
        await db.query(`select pg_notify('Suite-Channel', 'four')`)
        await sleep(50)
        expect(seen).toHaveLength(3)
      })

      it('of a rolled-back transaction never arrive', async () => {
        const seen: string[] = []
        const stop = await db.listen('undone', (payload) => seen.push(payload))
        await db
          .transaction('gateway', async (tx) => {
            await tx.query(`select pg_notify('undone', 'no')`)
            throw new Error('undo')
          })
          .catch(() => {})
        await db.query(`select pg_notify('undone', 'yes')`)
        await expect.poll(() => seen).toEqual(['yes'])
        await stop()
      })
    })

    describe('a bulk transaction', () => {
      it('copies in and out as one: a failure leaves nothing', async () => {
        const moved = await db.bulk(async (tx) => {
          await tx.script('delete from public.copied')
          const rows = await tx.copyIn('public.copied (id, label)', bytesOf('7\tse', 'ven\n8\t\\N\n'))
          return { rows, out: await text(tx.copyOut('(select id, label from public.copied order by id)')) }
        })
        expect(moved).toEqual({ rows: 2, out: '7\tseven\n8\t\\N\n' })
        const failed = db.bulk(async (tx) => {
          await tx.copyIn('public.copied (id, label)', bytesOf('9\tnine\n'))
          await tx.query('select $1::int / 0 as never', [1])
        })
        await expect(failed).rejects.toMatchObject({ code: '22012' })
        expect(await other.transaction('owner', (tx) => tx.query('select id from public.copied'))).toEqual([
          { id: 7 },
          { id: 8 },
        ])
      })

      it('takes all rows or none, also where their source breaks', async () => {
        const bad = db.bulk((tx) => tx.copyIn('public.copied', bytesOf('9\tnine\n', 'x\tbad\n')))
        await expect(bad).rejects.toMatchObject({ code: '22P02' })
        async function* broken(): AsyncGenerator<Uint8Array> {
          yield Buffer.from('10\tten\n')
          throw new Error('source broke')
        }
        await expect(db.bulk((tx) => tx.copyIn('public.copied', broken()))).rejects.toThrow()
        const count = await other.transaction('owner', (tx) =>
          tx.query('select count(*) as n from public.copied'),
        )
        expect(count).toEqual([{ n: 2 }])
      })

      it('gives out more than a buffer, and names the table that is not there', async () => {
        const long = `(select repeat('x', 1000) from generate_series(1, 300))`
        expect((await db.bulk((tx) => text(tx.copyOut(long)))).length).toBe(300 * 1001)
        const missing = db.bulk((tx) => text(tx.copyOut('public.missing')))
        await expect(missing).rejects.toMatchObject({ code: '42P01' })
      })

      it('ends at once where its work fails in the middle of a copy', async () => {
        const left = db.bulk(async (tx) => {
          for await (const _piece of tx.copyOut('(select i from generate_series(1, 300000) i)'))
            throw new Error('enough')
        })
        await expect(left).rejects.toThrow('enough')
        expect(await db.query('select 1 as one')).toEqual([{ one: 1 }])
      })

      it('commits nothing once somebody stops it, and waits for no statement that a server can give up', async () => {
        const stop = new AbortController()
        const stopped = db.bulk(
          async (tx) => {
            await tx.copyIn('public.copied (id, label)', bytesOf('11\televen\n'))
            setTimeout(() => stop.abort('SIGINT'), 50)
            for (;;) await tx.query(`select pg_sleep($1)`, [db.engine === 'postgres' ? 60 : 0.02])
          },
          { signal: stop.signal },
        )
        await expect(stopped).rejects.toMatchObject({ code: 'stopped' })
        const late = db.bulk((tx) => tx.query('select 1'), { signal: stop.signal })
        await expect(late).rejects.toMatchObject({ code: 'stopped' })
        const there = await other.transaction('owner', (tx) =>
          tx.query('select from public.copied where id = 11'),
        )
        expect(there).toEqual([])
      })

      it('as a snapshot sees one moment, and changes nothing', async () => {
        const changed = db.bulk((tx) => tx.script('delete from public.copied'), { snapshot: true })
        await expect(changed).rejects.toMatchObject({ code: '25006' })
        const seen = await db.bulk(
          async (tx) => {
            const before = await tx.query('select count(*) as n from public.copied')
            const write = other.transaction('owner', (own) =>
              own.query(`insert into public.copied values (10, 'late')`),
            )
            if (db.engine === 'postgres') await write
            else write.catch(() => {})
            return { before, after: await text(tx.copyOut('(select count(*) from public.copied)')) }
          },
          { snapshot: true },
        )
        expect(seen).toEqual({ before: [{ n: 2 }], after: '2\n' })
        await expect
          .poll(() => db.transaction('owner', (tx) => tx.query('select count(*) as n from public.copied')))
          .toEqual([{ n: 3 }])
      })
    })

    it('a transaction left idle past its lease is rolled back', async ({ skip }) => {
      const { leaseMs } = suite
      if (leaseMs === undefined) return skip('no lease here: a server holds many transactions at once')
      let late: unknown
      const work = db.transaction('gateway', async (tx) => {
        await tx.query(`insert into note (owner, body) values ('lease', 'x')`)
        await sleep(leaseMs * 2)
        late = await tx.query('select 1').catch((error) => error)
      })
      await expect(work).rejects.toMatchObject({ code: 'transaction_expired' })
      expect(await other.query(`select from note where owner = 'lease'`)).toEqual([])
      await expect.poll(() => late, { timeout: leaseMs * 4 }).toMatchObject({ code: 'transaction_expired' })
      expect(await db.query('select 1 as one')).toEqual([{ one: 1 }])
    })

    it('close is idempotent and final', async () => {
      await Promise.all([other.close(), other.close()])
      await other.close()
      await expect(other.query('select 1')).rejects.toMatchObject({ code: 'database_unreachable' })
    })
  })
}
