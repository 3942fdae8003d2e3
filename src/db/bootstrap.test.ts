import { expect, it } from 'vitest'
import { emptyDatabase, engines } from '../../test/support/engines.ts'
import { bootstrapDirectory, readMigrations, readScripts } from './migrations/files.ts'

/** PGlite, whose statements can be run as a login that is no superuser. */
async function postgres18() {
  const pglite = engines.find(({ name }) => name === 'PGlite')
  if (!pglite) throw new Error('PGlite is always there')
  return emptyDatabase(pglite)
}

it('needs no superuser on PostgreSQL 18 either, where making a role is not yet being allowed to enter it', async () => {
  const { db } = await postgres18()
  await db.transaction('owner', (tx) =>
    tx.script('create role limited login createrole; alter database postgres owner to limited'),
  )
  const entered = await db.transaction('owner', async (tx) => {
    await tx.script('set local session authorization limited')
    for (const { sql } of [...readScripts(bootstrapDirectory()), ...readMigrations()])
      await tx.script(inTransaction(sql))
    for (const role of ['helix_gateway', 'authenticated', 'anon', 'service_role', 'none']) {
      await tx.script(`set local role ${role}`)
    }
    await tx.script('set local role helix_gateway')
    return tx.query(
      'select session_user::text as login, current_user::text as role, seq from public.audit_head',
    )
  })
  expect(entered).toEqual([{ login: 'limited', role: 'helix_gateway', seq: 0 }])
})

it('says what an administrator has to do when the roles are another login’s', async () => {
  const { db } = await postgres18()
  const [roles] = readScripts(bootstrapDirectory())
  await db.transaction('owner', async (tx) => {
    await tx.script(roles?.sql ?? '')
    await tx.script('create role limited login createrole; alter database postgres owner to limited')
  })
  const refused = db.transaction('owner', async (tx) => {
    await tx.script('set local session authorization limited')
    await tx.script(roles?.sql ?? '')
  })
  await expect(refused).rejects.toMatchObject({
    code: '42501',
    message: 'The login limited may not enter the role anon, which another login made',
    hint: 'As an administrator of the server, run: grant anon to limited',
  })
})

/** The same in a transaction, which is what keeps the login limited here. */
function inTransaction(sql: string): string {
  return sql.replaceAll(/\b(index) concurrently\b/gi, '$1')
}
