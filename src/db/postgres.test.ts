import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createDatabase, postgresUnavailable } from '../../test/support/postgres.ts'
import { databaseSuite, SUITE_SCHEMA } from './database.case.ts'
import { openPostgres } from './postgres.ts'

async function start() {
  const database = await createDatabase()
  const connectionString = database.url
  const before = await openPostgres({ connectionString, max: 1 })
  await before.transaction('owner', (tx) => tx.script(SUITE_SCHEMA))
  await before.close()
  const db = await openPostgres({ connectionString })
  const other = await openPostgres({ connectionString })
  return {
    db,
    other,
    connectionString,
    stop: async () => {
      await db.close()
      await other.close()
      await database.drop()
    },
  }
}

if (postgresUnavailable === null) databaseSuite('PostgreSQL', start)

describe.skipIf(postgresUnavailable)(`PostgreSQL alone (${postgresUnavailable ?? 'found'})`, () => {
  it('remakes the listening connection and says that something may be missed', async () => {
    const { db, other, stop } = await start()
    const seen: string[] = []
    let gaps = 0
    await db.listen(
      'again',
      (payload) => seen.push(payload),
      () => {
        gaps += 1
      },
    )
    await other.transaction('owner', (tx) =>
      tx.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and query like 'listen%' and pid <> pg_backend_pid()`),
    )
    await expect.poll(() => gaps, { timeout: 5000 }).toBe(1)
    await other.query(`select pg_notify('again', 'after')`)
    await expect.poll(() => seen).toEqual(['after'])
    await stop()
  })

  it('goes on after a migration changed what a prepared statement returns', async () => {
    const { db, stop } = await start()
    const read = () => db.query('select * from note where id > $1', [0])
    await read()
    await db.transaction('owner', (tx) => tx.script('alter table note add column extra int'))
    expect(await read()).toEqual([])
    await stop()
  })

  it('goes on after the server dropped every connection', async () => {
    const { db, other, stop } = await start()
    await db.query('select 1')
    await other.transaction('owner', (tx) =>
      tx.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`),
    )
    await sleep(100)
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }])
    await stop()
  })

  it('fails the transaction whose connection ended between two statements, and nothing else', async () => {
    const { db, other, stop } = await start()
    const cut = db.transaction('gateway', async (tx) => {
      const [row] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid')
      await other.transaction('owner', (end) => end.query('select pg_terminate_backend($1)', [row?.pid ?? 0]))
      await sleep(200)
      await tx.query('select 1')
    })
    await expect(cut).rejects.toMatchObject({ code: 'database_unreachable' })
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }])
    await stop()
  })
})

describe('an unreachable PostgreSQL', () => {
  it('is named by host, port and database, never with the password', async () => {
    const opening = openPostgres({ connectionString: 'postgres://ada:hunter2@127.0.0.1:1/nothing' })
    const thrown = await opening.catch((error) => error)
    expect(thrown).toMatchObject({
      code: 'database_unreachable',
      details: { host: '127.0.0.1', port: 1, database: 'nothing' },
    })
    expect(JSON.stringify([thrown.message, thrown.hint, thrown.details])).not.toContain('hunter2')
  })

  it('behind a transaction-mode pooler is refused with the way out', async () => {
    const opening = openPostgres({ connectionString: 'postgres://ada@db.example.com:6543/postgres' })
    await expect(opening).rejects.toMatchObject({
      code: 'config_invalid',
      hint: expect.stringContaining('5432'),
    })
  })
})
