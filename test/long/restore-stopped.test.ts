import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { expect, it, onTestFinished } from 'vitest'
import { newSigningKey } from '../../src/audit/checkpoints/signing-keys.ts'
import { createBackup } from '../../src/backup/create.ts'
import { directoryDestination } from '../../src/backup/destinations/directory.ts'
import { readMigrations } from '../../src/db/migrations/files.ts'
import { migrate } from '../../src/db/migrations/migrate.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { startCommand } from '../support/command-process.ts'
import { createDatabase, postgresUnavailable } from '../support/postgres.ts'
import { manyRows } from '../support/slow-rows.ts'
import { standing } from '../support/standing.ts'

it.skipIf(postgresUnavailable)(
  `a restore stopped once newer tables had to go tells of the empty database, which no gateway takes, and how to go back (${postgresUnavailable ?? 'found'})`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'helix-restore-stopped-'))
    const dataDir = join(folder, 'data')
    const database = await createDatabase()
    const db = await openPostgres({ connectionString: database.url, max: 2 })
    onTestFinished(async () => {
      await db.close()
      await database.drop()
      rmSync(folder, { recursive: true, force: true })
    })
    const identity = await generateX25519Identity()
    const identityFile = join(folder, 'identity.txt')
    writeFileSync(identityFile, identity)
    const destination = directoryDestination(join(folder, 'older'))
    const recipients = [await identityToRecipient(identity)]
    const made = { db, mode: 'postgres', dataDir, destination, recipients, key: newSigningKey() } as const

    await migrate(db, { mode: 'postgres', upTo: readMigrations().at(-3)?.version ?? '' })
    await db.transaction('owner', (tx) =>
      tx.script(`insert into auth.users (id, email) values (gen_random_uuid(), 'ana@example.com')`),
    )
    await manyRows(db, 3_000)
    const { id } = await createBackup(made, { reason: 'long ago' })
    await migrate(db, { mode: 'postgres' })
    const before = await standing(db)

    const environment = { DATABASE_URL: database.url, HELIX_DATA_DIR: dataDir, HOME: folder }
    const run = (...argv: string[]) => startCommand(argv, { cwd: folder, environment })
    const confirm = `--confirm=${new URL(database.url).pathname.slice(1)}`
    const restore = run('restore', id, '--from', destination.name, '--identity', identityFile, confirm)
    await restore.said('Restoring auth.users')
    const { exit, stderr, ms } = await restore.end('SIGINT')
    expect(exit).toBe(130)
    expect(ms).toBeLessThan(6_000)
    expect(stderr).toContain('The database is empty now')
    const gateway = await run('gateway', 'start', '--port', '0').ended
    expect(gateway).toMatchObject({ exit: 3, stderr: expect.stringMatching(/schema/) })

    const undo = /Go back to what there was: helix (restore \S+)\./.exec(stderr)?.[1] ?? ''
    expect(await run(...undo.split(' '), confirm).ended).toMatchObject({ exit: 0 })
    expect(await standing(db)).toEqual(before)
  },
  60_000,
)

it.skipIf(postgresUnavailable)(
  `a drill that is stopped leaves the database that was named as empty as it was (${postgresUnavailable ?? 'found'})`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'helix-drill-stopped-'))
    const [database, scratch] = [await createDatabase({ migrated: true }), await createDatabase()]
    const db = await openPostgres({ connectionString: database.url, max: 2 })
    const drilled = await openPostgres({ connectionString: scratch.url, max: 2 })
    onTestFinished(async () => {
      await db.close()
      await drilled.close()
      await database.drop()
      await scratch.drop()
      rmSync(folder, { recursive: true, force: true })
    })
    await manyRows(db, 2_000)
    const environment = {
      DATABASE_URL: database.url,
      HELIX_DRILL_DATABASE_URL: scratch.url,
      HELIX_DATA_DIR: join(folder, 'data'),
      HOME: folder,
    }
    const run = (...argv: string[]) => startCommand(argv, { cwd: folder, environment })
    expect(await run('backup', 'create').ended).toMatchObject({ exit: 0 })
    const verify = run('backup', 'verify', '--level', 'restore')
    await verify.said('Restoring auth.users')
    const { exit, stderr, ms } = await verify.end('SIGINT')
    expect(exit).toBe(130)
    expect(ms).toBeLessThan(6_000)
    expect(stderr).toContain('Nothing of what was restored is kept')
    const left = await drilled.transaction('owner', (tx) =>
      tx.query(
        `select tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
      ),
    )
    expect(left).toEqual([])
    expect(await run('backup', 'drill').ended).toMatchObject({ exit: 0 })
  },
  60_000,
)
