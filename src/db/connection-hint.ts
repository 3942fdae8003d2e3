import type { DatabaseAddress } from './database-errors.ts'

/** What the driver says when the server asks for a password and the connection string has none. */
export const NO_PASSWORD = /client password must be a (non-empty )?string/

const USUAL = 'Check that the server runs, that the address is right and that this login may connect.'
const ADDRESS = 'the connection string (DATABASE_URL or SUPABASE_DB_URL)'

/** What helps, by the SQLSTATE with which PostgreSQL turned a connection away. */
const BY_STATE: Readonly<Record<string, (address: DatabaseAddress) => string>> = {
  '28P01': () => `Check the user and the password in ${ADDRESS}.`,
  '28000': () => `Check the user in ${ADDRESS}, and that the server's pg_hba.conf lets it in from here.`,
  '3D000': ({ database }) => `Create it with \`createdb ${database}\`, or name another in ${ADDRESS}.`,
  '53300': () => 'Close other connections to the server, or raise its max_connections.',
  '57P03': () => 'The server is starting or stopping: try again in a moment.',
}

/** What to do about a connection that was not made. */
export function connectionHint(cause: unknown, address: DatabaseAddress): string {
  if (!(cause instanceof Error)) return USUAL
  if (NO_PASSWORD.test(cause.message))
    return `Put it into ${ADDRESS}: postgres://user:password@host/database.`
  if (/does not support SSL/.test(cause.message)) {
    return `Turn TLS on at the server, or set sslmode=disable in ${ADDRESS} where the network is trusted.`
  }
  const code = 'code' in cause ? String(cause.code) : ''
  if (/CERT|SIGNATURE/.test(code)) {
    return `Name the authority that signed its certificate with sslrootcert=<file> in ${ADDRESS}.`
  }
  return BY_STATE[code]?.(address) ?? USUAL
}
