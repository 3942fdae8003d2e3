import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmptyDatabase, engines } from '../../test/support/engines.ts'
import { dumpSchema, dumpUnavailable } from '../../test/support/schema-dump.ts'
import { migrate } from './migrations/migrate.ts'

describe.skipIf(dumpUnavailable)(`supabase/schema.sql (${dumpUnavailable ?? 'PostgreSQL 15 found'})`, () => {
  it('is what bootstrap and migrations make; `npm run schema:dump` writes it', async () => {
    const committed = readFileSync(new URL('../../supabase/schema.sql', import.meta.url), 'utf8')
    expect(committed).toBe(await dumpSchema())
  })
})

const HERE = `('public'::regnamespace, 'helix'::regnamespace, 'auth'::regnamespace)`
const OURS = `('anon', 'authenticated', 'service_role', 'helix_gateway')`

/** What a schema consists of, in words that do not depend on the server's version. */
const CATALOG: Record<string, string> = {
  columns: `
    select attrelid::regclass::text as on_table, attname, format_type(atttypid, atttypmod) as type, attnotnull,
      attidentity::text, attgenerated::text, pg_get_expr(d.adbin, d.adrelid) as fallback
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where c.relnamespace in ${HERE} and c.relkind in ('r', 'p', 'v') and attnum > 0 and not attisdropped
    order by 1, 2`,
  tables: `
    select oid::regclass::text as name, relkind::text, relrowsecurity, relforcerowsecurity, reloptions
    from pg_class where relnamespace in ${HERE} and relkind in ('r', 'p', 'v', 'S') order by 1`,
  // PostgreSQL 18 lists NOT NULL as constraints too; the columns above say it on all.
  constraints: `
    select conrelid::regclass::text as on_table, conname, pg_get_constraintdef(oid) as definition, convalidated
    from pg_constraint where connamespace in ${HERE} and contype <> 'n' order by 1, 2`,
  indexes: `
    select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition, indisvalid
    from pg_index i join pg_class c on c.oid = i.indexrelid where c.relnamespace in ${HERE} order by 1`,
  policies: `
    select schemaname, tablename, policyname, permissive, roles::text, cmd, qual, with_check
    from pg_policies order by 1, 2, 3`,
  'table grants': `
    select c.oid::regclass::text as name, r.rolname, acl.privilege_type
    from pg_class c cross join aclexplode(c.relacl) acl join pg_roles r on r.oid = acl.grantee
    where c.relnamespace in ${HERE} and r.rolname in ${OURS} order by 1, 2, 3`,
  'column grants': `
    select a.attrelid::regclass::text as on_table, a.attname, r.rolname, acl.privilege_type
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    cross join aclexplode(a.attacl) acl join pg_roles r on r.oid = acl.grantee
    where c.relnamespace in ${HERE} order by 1, 2, 3, 4`,
  'function and schema grants': `
    select p.oid::regprocedure::text as name, coalesce(r.rolname, 'public') as role, acl.privilege_type
    from pg_proc p cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) acl
    left join pg_roles r on r.oid = acl.grantee
    where p.pronamespace in ${HERE} and (acl.grantee = 0 or r.rolname in ${OURS})
    union all
    select n.nspname, r.rolname, acl.privilege_type
    from pg_namespace n cross join aclexplode(n.nspacl) acl join pg_roles r on r.oid = acl.grantee
    where n.oid in ${HERE} and r.rolname in ${OURS}
    order by 1, 2, 3`,
  functions: `
    select oid::regprocedure::text as name, pg_get_functiondef(oid) as definition
    from pg_proc where pronamespace in ${HERE} order by 1`,
  triggers: `
    select tgrelid::regclass::text as on_table, tgname, pg_get_triggerdef(t.oid) as definition, tgenabled::text
    from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where not tgisinternal and c.relnamespace in ${HERE} order by 1, 2`,
  publication: `select pubname, schemaname, tablename from pg_publication_tables order by 1, 2, 3`,
  roles: `select rolname, rolsuper, rolcanlogin, rolbypassrls from pg_roles where rolname in ${OURS} order by 1`,
}

const [server, embedded] = engines
const missing = server?.unavailable ?? null

describe.skipIf(missing)(
  `the migrated schema on PostgreSQL and on PGlite (${missing ?? 'both found'})`,
  () => {
    const databases: EmptyDatabase[] = []
    beforeAll(async () => {
      for (const engine of [server, embedded]) {
        if (!engine) continue
        const database = await engine.start()
        databases.push(database)
        await migrate(database.db, { mode: database.mode })
      }
    })
    afterAll(async () => {
      for (const database of databases) await database.stop()
    })

    it.each(Object.entries(CATALOG))('has the same %s', async (_name, sql) => {
      // Without a search path every name is written out, whatever the login is called.
      const read = ({ db }: EmptyDatabase) =>
        db.transaction('owner', async (tx) => {
          await tx.script(`set local search_path = ''`)
          return tx.query(sql)
        })
      const [onServer, onPglite] = await Promise.all(databases.map(read))
      expect(onServer?.length).toBeGreaterThan(0)
      expect(onPglite).toEqual(onServer)
    })
  },
)
