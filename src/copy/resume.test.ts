import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { manyRows } from '../../test/support/slow-rows.ts'
import { tableStands } from '../backup/stands.ts'
import type { Database } from '../db/database.ts'
import { openEmbedded } from '../db/embedded.ts'
import { loadTemplate } from '../db/template.ts'
import { HelixError } from '../errors.ts'
import { type CopyEnd, copyDatabase } from './copy.ts'
import { stagedBytes } from './stage.ts'

let from: CopyEnd
let to: CopyEnd

async function end(name: string, leaseMs?: number): Promise<CopyEnd> {
  const db = await openEmbedded({
    dataDir: 'memory://',
    template: await loadTemplate(),
    ...(leaseMs && { leaseMs }),
  })
  onTestFinished(() => db.close())
  return { name, db, mode: 'embedded', dataDir: `/nowhere/${name}` }
}

const script = (db: Database, sql: string) => db.transaction('owner', (tx) => tx.script(sql))

const copy = (target: CopyEnd = to) =>
  copyDatabase({ from, to: target, actor: 'cli:test', confirm: undefined })

const left = (db: Database) => db.transaction('owner', stagedBytes)

/** A target whose connection is lost once the rows are moved to where they belong. */
function losing({ db, ...rest }: CopyEnd): CopyEnd {
  const bulk: Database['bulk'] = (work, options) =>
    db.bulk(async (tx) => {
      const query: typeof tx.query = (sql, params) => {
        if (sql.includes('from helix_copy."public.settings"'))
          throw new HelixError('database_unreachable', 'The connection was lost')
        return tx.query(sql, params)
      }
      return work({ ...tx, query })
    }, options)
  return { ...rest, db: { ...db, bulk } }
}

async function interrupted(): Promise<void> {
  await expect(copy(losing(to))).rejects.toMatchObject({ code: 'database_unreachable' })
  expect(await to.db.transaction('owner', (tx) => tx.query('select email from auth.users'))).toEqual([])
  expect(await left(to.db)).toBeGreaterThan(1_000_000)
}

/** Rows and hashes of everything but the log, which a copy begins anew. */
async function stands(db: Database) {
  const all = await db.bulk((tx) => tableStands(tx), { snapshot: true })
  return all.filter(({ name }) => !name.startsWith('public.audit_'))
}

async function expectWhole(): Promise<void> {
  expect(await stands(to.db)).toEqual(await stands(from.db))
  expect(await left(to.db)).toBeUndefined()
}

beforeEach(async () => {
  from = await end('laptop')
  to = await end('server')
  await script(from.db, `insert into auth.users (id, email) values (gen_random_uuid(), 'ada@example.com')`)
  await manyRows(from.db, 2_500)
})

it('brings nothing again that an interrupted copy brought', async () => {
  await interrupted()
  const { bytes, bytesFound } = await copy()
  expect(bytesFound).toBe(bytes)
  expect(bytes).toBeGreaterThan(10_000_000)
  await expectWhole()
})

it('keeps the pieces of a copy that broke off while rows were brought', async () => {
  let brought = 0
  const bulk: Database['bulk'] = (work, options) =>
    to.db.bulk((tx) => {
      const copyIn: typeof tx.copyIn = (target, bytes) => {
        brought += 1
        if (brought > 3) throw new HelixError('database_unreachable', 'The connection was lost')
        return tx.copyIn(target, bytes)
      }
      return work({ ...tx, copyIn })
    }, options)
  await expect(copy({ ...to, db: { ...to.db, bulk } })).rejects.toMatchObject({
    code: 'database_unreachable',
  })
  const { bytes, bytesFound } = await copy()
  expect(bytesFound).toBeGreaterThan(0)
  expect(bytesFound).toBeLessThan(bytes)
  await expectWhole()
})

it('brings what changed in the source meanwhile, and only that', async () => {
  await interrupted()
  await script(
    from.db,
    `update public.settings set value = '"new"' where key = 'row-2400';
     delete from public.settings where key = 'row-2401';
     insert into auth.users (id, email) values (gen_random_uuid(), 'bob@example.com')`,
  )
  const { bytes, bytesFound } = await copy()
  expect(bytesFound).toBeGreaterThan(0)
  expect(bytesFound).toBeLessThan(bytes)
  await expectWhole()
})

it('finds what was changed of what was brought, and brings all of it anew the next time', async () => {
  await interrupted()
  await script(to.db, `update helix_copy."public.settings" set value = '1' where key = 'row-7'`)
  await expect(copy()).rejects.toMatchObject({
    code: 'restore_failed',
    message: expect.stringContaining('public.settings'),
  })
  expect(await left(to.db)).toBeUndefined()
  expect(await copy()).toMatchObject({ bytesFound: 0 })
  await expectWhole()
})

it('begins anew where what is left is of another schema', async () => {
  await interrupted()
  await script(to.db, `update helix_copy.scope set value = 'of another schema'`)
  expect(await copy()).toMatchObject({ bytesFound: 0 })
  await expectWhole()
})

it('keeps what was brought where it fails for want of something', async () => {
  await interrupted()
  const full: CopyEnd = { ...to, db: { ...to.db, bulk: () => Promise.reject(new Error('no space left')) } }
  await expect(copy(full)).rejects.toThrow('no space left')
  const { bytes, bytesFound } = await copy()
  expect(bytesFound).toBe(bytes)
  await expectWhole()
})

it('removes what was brought where somebody came to live in the target', async () => {
  await interrupted()
  const bulk: Database['bulk'] = async (work, options) => {
    await script(to.db, `insert into auth.users (id, email) values (gen_random_uuid(), 'eve@example.com')`)
    return to.db.bulk(work, options)
  }
  await expect(copy({ ...to, db: { ...to.db, bulk } })).rejects.toMatchObject({ code: 'precondition_failed' })
  expect(await left(to.db)).toBeUndefined()
})

it('goes on though a piece takes longer than an embedded database lets a transaction rest', async () => {
  from = await end('slow', 3_000)
  to = await end('there', 3_000)
  await script(from.db, `insert into auth.users (id, email) values (gen_random_uuid(), 'ada@example.com')`)
  let waited = false
  const bulk: Database['bulk'] = (work, options) =>
    to.db.bulk(async (tx) => {
      const copyIn: typeof tx.copyIn = async (target, bytes) => {
        // The target is kept busy, as by bytes that come slowly.
        for (let turn = 0; turn < (waited ? 0 : 8); turn += 1) {
          await new Promise((resolve) => setTimeout(resolve, 500))
          await tx.query('select 1')
        }
        waited = true
        return tx.copyIn(target, bytes)
      }
      return work({ ...tx, copyIn })
    }, options)
  await copy({ ...to, db: { ...to.db, bulk } })
  await expectWhole()
})

it('refuses to be the second of two at once', async () => {
  const held = to.db.lock('db copy', () => copy().catch((thrown: unknown) => thrown))
  expect(await held).toMatchObject({ code: 'lock_held' })
})
