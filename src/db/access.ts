import type { PersonAccess } from './database.ts'

/** The role the gateway works as, less than the owner of the schema. */
const GATEWAY_ROLE = 'helix_gateway'

/** Gives up the gateway's role for the rest of the transaction: back to the login that owns the schema. */
export const BECOME_OWNER = 'set local role none'

/** Makes the rest of the transaction a person's; takes the parameters of `personParams`. */
export const BECOME_PERSON = `select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)`

export function personParams({ role, claims }: PersonAccess): [string, string] {
  return [role, JSON.stringify(claims)]
}

/**
 * Enters the gateway's role for the session, where it exists and this login may take it: since PostgreSQL 16
 * being a member is not enough, the membership must also allow SET.
 */
export const ENTER_GATEWAY_ROLE = `
  select set_config('role', rolname, false) from pg_roles
  where rolname = '${GATEWAY_ROLE}' and pg_has_role(
    session_user, oid,
    case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end
  )`
