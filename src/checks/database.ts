import { readHead } from '../audit/append.ts'
import { assertSchema } from '../db/migrations/status.ts'
import { type Check, failed, ok, skipped } from './check.ts'

const DOC = 'docs/database.md'
const NONE_YET = 'There is no database yet; the first `helix up` makes it'

export const databaseReachable: Check = {
  id: 'database-reachable',
  title: 'The database answers',
  severity: 'error',
  doc: DOC,
  async probe({ config, database }) {
    const db = await database()
    if (!db) return skipped(NONE_YET)
    const [row] = await db.query<{ version: string }>(`select current_setting('server_version') as version`)
    return ok(`PostgreSQL ${row?.version}, ${config.mode}`)
  },
}

export const schemaCurrent: Check = {
  id: 'schema-current',
  title: 'The database has the schema this Helix needs',
  severity: 'error',
  doc: DOC,
  async probe({ database }) {
    const db = await database()
    if (!db) return skipped(NONE_YET)
    await assertSchema(db)
    return ok('Every migration is applied')
  },
}

export const auditHead: Check = {
  id: 'audit-head',
  title: 'The audit chain can be read',
  severity: 'error',
  doc: 'docs/audit.md',
  async probe({ database }) {
    const db = await database()
    if (!db) return skipped(NONE_YET)
    const { log, seq } = await readHead(db)
    return ok(`Log ${log} has ${seq} entries`)
  },
}

export const signinsReadable: Check = {
  id: 'signins-readable',
  title: 'Sign-outs and bans at Supabase can be noticed',
  severity: 'warning',
  doc: DOC,
  async probe({ config, database }) {
    if (config.mode !== 'supabase') return skipped('Helix signs people in itself')
    const db = await database()
    if (!db) return skipped(NONE_YET)
    const [row] = await db.query<{ readable: boolean }>('select helix.can_read_signins() as readable')
    if (row?.readable) return ok('The login may read auth.users and auth.sessions')
    return failed(
      'The login may not read auth.users and auth.sessions, so a sign-out or ban holds once the access token has expired',
      'Set SUPABASE_DB_URL to the connection string of the role postgres of the project.',
    )
  },
}
