/** What of schema auth belongs to a person rather than to a session. */
export const ACCOUNTS = ['users', 'identities', 'mfa_factors', 'mfa_code_guards'] as const

/** Those that Helix alone keeps: where Supabase signs people in they are not there, and not missed. */
export const OWN_IN_AUTH: readonly string[] = ['auth.mfa_code_guards']

/** Of `c`, a table: whether it is Helix's own, which each name the gateway's role in a policy. */
export const IS_OWN = `exists (
  select from pg_policy p join pg_roles r on r.oid = any(p.polroles)
  where p.polrelid = c.oid and r.rolname = 'helix_gateway')`

/** The tables of Helix and of people's accounts, as oids. */
export const OWN_AND_ACCOUNTS = `
  select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and (n.nspname = 'public' and ${IS_OWN}
    or n.nspname = 'auth' and c.relname in (${ACCOUNTS.map((name) => `'${name}'`).join(', ')}))`
