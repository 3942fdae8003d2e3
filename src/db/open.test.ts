import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createDatabase, postgresUnavailable } from '../../test/support/postgres.ts'
import { serveAttached } from './attached/server.ts'
import { socketPathFor } from './attached/socket-path.ts'
import { type EmbeddedDatabase, openEmbedded } from './embedded.ts'
import { assertSchema } from './migrations/status.ts'
import { openDatabase } from './open.ts'

const folders: string[] = []

function newDataDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'helix-open-'))
  folders.push(folder)
  return join(folder, '.helix')
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const logId = 'select log_id from audit_head'
const whoami = 'select current_user::text as role'

describe('opening the embedded database', () => {
  it('makes a migrated one, as the gateway, with an audit log of its own', async () => {
    const first = await openDatabase({ mode: 'embedded', dataDir: newDataDir() }, { migrate: true })
    const second = await openDatabase({ mode: 'embedded', dataDir: newDataDir() }, { migrate: true })
    await assertSchema(first)
    expect(await first.query(whoami)).toEqual([{ role: 'helix_gateway' }])
    expect(await first.query(logId)).not.toEqual(await second.query(logId))
    await first.close()
    await second.close()
  })

  it('keeps it from one start to the next, and copies nothing when nothing is pending', async () => {
    const place = { mode: 'embedded', dataDir: newDataDir() } as const
    const first = await openDatabase(place, { migrate: true })
    const log = await first.query(logId)
    await first.close()
    const second = await openDatabase(place, { migrate: true })
    expect(await second.query(logId)).toEqual(log)
    await second.close()
    expect(existsSync(join(place.dataDir, 'before-migration'))).toBe(false)
  })

  it('attaches to the process that owns it, where that serves it', async () => {
    const place = { mode: 'embedded', dataDir: newDataDir() } as const
    const owner = (await openDatabase(place, { migrate: true })) as EmbeddedDatabase
    await expect(openDatabase(place)).rejects.toMatchObject({ code: 'data_dir_in_use' })
    const socket = socketPathFor(place.dataDir, 'database')
    const server = await serveAttached(owner, socket)
    owner.announce(socket)
    const beside = await openDatabase(place, { migrate: true })
    expect(await beside.query(logId)).toEqual(await owner.query(logId))
    await beside.close()
    await server.close()
    await owner.close()
  })

  it('copies the database before it is migrated, and leaves it as it was when that fails', async () => {
    const place = { mode: 'embedded', dataDir: newDataDir() } as const
    await (await openDatabase(place, { migrate: true })).close()
    const undone = await openEmbedded({ dataDir: place.dataDir })
    await undone.transaction('owner', (tx) =>
      // The first of them makes a table, which cannot be made twice.
      tx.script(`delete from supabase_migrations.schema_migrations where version >= '20261125160000'`),
    )
    await undone.close()

    const copies: string[] = []
    const opening = openDatabase(place, { migrate: true, onCopy: (folder) => copies.push(folder) })
    await expect(opening).rejects.toMatchObject({ code: 'migration_failed' })
    expect(copies).toHaveLength(1)
    expect(readdirSync(join(copies[0] ?? '', 'db'))).toContain('PG_VERSION')
    const db = await openDatabase(place)
    await expect(assertSchema(db)).rejects.toMatchObject({ code: 'schema_behind' })
    await db.close()
  })
})

describe.skipIf(postgresUnavailable)(
  `opening a PostgreSQL database (${postgresUnavailable ?? 'found'})`,
  () => {
    it('migrates it when asked, and then works as the gateway', async () => {
      const database = await createDatabase()
      const place = { mode: 'postgres', connectionString: database.url, dataDir: newDataDir() } as const
      const before = await openDatabase(place)
      await expect(assertSchema(before)).rejects.toMatchObject({ code: 'schema_behind' })
      await before.close()
      const db = await openDatabase(place, { migrate: true })
      await assertSchema(db)
      expect(await db.query(whoami)).toEqual([{ role: 'helix_gateway' }])
      await db.close()
      await database.drop()
    })

    it('finds a copied, migrated one as it was', async () => {
      const database = await createDatabase({ migrated: true })
      const db = await openDatabase({ mode: 'postgres', connectionString: database.url, dataDir: '' })
      await assertSchema(db)
      await db.close()
      await database.drop()
    })

    it('says which setting is missing', async () => {
      await expect(openDatabase({ mode: 'supabase', dataDir: '' })).rejects.toMatchObject({
        code: 'config_invalid',
      })
    })
  },
)
