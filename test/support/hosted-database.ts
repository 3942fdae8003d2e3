import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { createDatabase, postgresUnavailable } from './postgres.ts'

/** Logins of the emulated project: the one people are given, and the one of its sign-in service. */
const OWNER = 'hosted_postgres'
const SIGNIN = 'supabase_auth_admin'

/** Why no such database can be had here, for the title of the tests that then skip; null when it can. */
export const hostedUnavailable: string | null =
  postgresUnavailable ??
  (process.env.HELIX_TEST_DATABASE_URL ? 'only the temporary cluster has a superuser' : null)

export interface HostedDatabase {
  /** For the login a project's owner is given: no superuser, may create roles, passes row-level security. */
  url: string
  /** For the login of the project's own sign-in service, which owns what is in schema auth. */
  signinUrl: string
  /** Runs statements as a superuser. */
  asSupport(sql: string): Promise<void>
  drop(): Promise<void>
}

/**
 * A database prepared as hosted Supabase prepares one: schema auth and everything in it belong to others and have
 * row-level security, nothing is granted on its own, and `postgres` (here `hosted_postgres`) owns schema public.
 */
export async function createHostedDatabase(): Promise<HostedDatabase> {
  const { url, drop } = await createDatabase()
  const asLogin = (login: string) => {
    const address = new URL(url)
    address.username = login
    return address.href
  }
  const asSupport = (sql: string) => run(asLogin('postgres'), sql)
  const name = new URL(url).pathname.slice(1)
  await asSupport(await readText('hosted-supabase.sql').then((sql) => sql.replaceAll(':database', name)))
  await run(asLogin(SIGNIN), await signInTables())
  await asSupport(CLOSED)
  await asSupport(`alter database ${name} owner to ${OWNER}`)
  const dropAsBefore = async () => {
    await asSupport(`alter database ${name} owner to ${new URL(url).username}`)
    await drop()
  }
  return { url: asLogin(OWNER), signinUrl: asLogin(SIGNIN), asSupport, drop: dropAsBefore }
}

/** Our bootstrap has GoTrue's tables; here they belong to the service alone. */
async function signInTables(): Promise<string> {
  return (await readText('../../supabase/bootstrap/10_auth.sql')).replaceAll('helix_gateway', SIGNIN)
}

/** As the migrations of supabase/auth leave its tables, of all of which `postgres` may read and pass on reading. */
const CLOSED = `
  do $$
  declare
    one text;
  begin
    for one in select tablename from pg_tables where schemaname = 'auth' loop
      execute format('alter table auth.%I enable row level security', one);
    end loop;
  end $$;
  grant select on all tables in schema auth to ${OWNER} with grant option;
  grant insert, update, delete, truncate, references, trigger on all tables in schema auth to ${OWNER};
`

function readText(path: string): Promise<string> {
  return readFile(new URL(path, import.meta.url), 'utf8')
}

async function run(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
