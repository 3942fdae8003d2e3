import { readFile } from 'node:fs/promises'
import { SignJWT } from 'jose'
import type { Database, Param, Queryable } from '../../src/db/database.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { type Keys, SIGNING_ALGORITHM } from '../../src/signin/keys.ts'
import { startSignInServer } from './signin-server.ts'

/** Schema where the stand-in keeps what is not GoTrue's; the gateway never looks there. */
const OWN = 'standin'

/**
 * Stands in for the sign-in service of a hosted project: our own routes, run by the login that owns schema auth,
 * behind an address, an issuer and keys of their own. Whatever they keep outside schema auth goes to a schema that
 * the gateway knows nothing of, and so do their notifications: the gateway learns of a sign-out or a ban only from
 * rows of auth, as it would from GoTrue's.
 *
 * It cannot prove that GoTrue writes those rows as ours does (its own code and the migrations of supabase/auth say
 * so), nor anything about the proxy in front of a hosted project, its rate limits, or its poolers.
 */
export async function startHostedSignIn(connectionString: string, { autoConfirm = true } = {}) {
  const db = apart(await openPostgres({ connectionString, max: 4 }))
  await db.transaction('owner', async (tx) => tx.script(await ownTables()))
  const server = await startSignInServer(db, {
    autoConfirm,
    erase: async () => {},
    audit: { act: async (_entry, run) => run(0) },
    adaptKeys: (keys, origin) => Object.create(keys, { issuer: { get: () => issuerOf(origin()) } }),
  })
  const roleKey = (role: string) => signRoleKey(server.keys, role)
  return {
    url: server.url,
    anonKey: await roleKey('anon'),
    serviceRoleKey: await roleKey('service_role'),
    /** Where its mails are. */
    dataDir: server.dataDir,
    failures: server.failures,
    async stop() {
      await server.stop()
      await db.close()
    },
  }
}

const issuerOf = (origin: string) => `${origin}/auth/v1`

function signRoleKey({ kid, issuer, signingKey }: Keys, role: string): Promise<string> {
  return new SignJWT({ role })
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid, typ: 'JWT' })
    .setIssuer(issuer)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(signingKey)
}

/** The tables that sign-in needs of Helix, which has none of them at Supabase. */
async function ownTables(): Promise<string> {
  const names = ['20261123000150_revoked_sessions', '20261125120000_rate_limits']
  const files = names.map((name) =>
    readFile(new URL(`../../supabase/migrations/${name}.sql`, import.meta.url), 'utf8'),
  )
  const people = `
    create table ${OWN}.user_profiles (
      user_id uuid primary key, role text, status text default 'active', trust_level float
    );
    create table ${OWN}.audit_actors (user_id uuid primary key, actor text);
    create table ${OWN}.access_tokens (id uuid, user_id uuid, revoked_at timestamptz);
    create function ${OWN}.lost_signins(people uuid[], sessions uuid[])
    returns table (kind text, id uuid, until timestamptz) language sql as $$
      select null, null::uuid, null::timestamptz where false
    $$;
    create function ${OWN}.with_second_factor(people uuid[]) returns setof uuid language sql as $$
      select null::uuid where false
    $$;`
  return `create schema ${OWN};\n${(await Promise.all(files)).map(renamed).join('\n')}\n${people}`
}

/** The same database, with everything of ours but schema auth under other names. */
function apart(db: Database): Database {
  const over = <T extends Queryable>(inner: T): T => ({
    ...inner,
    query: (sql: string, params?: readonly Param[]) =>
      inner.query(
        renamed(sql),
        params?.map((param) => (isChannel(param) ? renamed(param) : param)),
      ),
  })
  return {
    ...over(db),
    transaction: (access, work) => db.transaction(access, (tx) => work(over(tx))),
    listen: (channel, ...rest) => db.listen(renamed(channel), ...rest),
  }
}

const isChannel = (param: Param): param is string => /^helix_(revocations|people)$/.test(String(param))

function renamed(text: string): string {
  return text
    .replaceAll('helix_gateway', 'supabase_auth_admin')
    .replaceAll(/\b(public|helix)\./g, `${OWN}.`)
    .replaceAll(/\bhelix_(revocations|people)\b/g, `${OWN}_$1`)
}
