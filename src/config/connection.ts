import type { Report } from './problems.ts'
import type { Secret } from './secret.ts'

const SUPABASE_HOST = /\.supabase\.(co|com|in)$/

/**
 * Refuses a connection string that cannot work: Supabase's transaction pooler (port 6543), which keeps no session
 * for locks and LISTEN, and one whose password was never filled in.
 */
export function checkConnection(connection: Secret, name: string, supabase: boolean, report: Report): void {
  const url = new URL(connection.reveal())
  const isSupabase = supabase || SUPABASE_HOST.test(url.hostname)
  if (isSupabase && url.port === '6543') {
    report.problem({
      source: name,
      message: 'port 6543 is the transaction pooler, which can neither hold a lock nor LISTEN',
      fix: 'Use the session pooler or the direct connection: the same dialog of Supabase shows both, on port 5432.',
    })
  }
  if (/^%5B.*%5D$/i.test(url.password)) {
    report.problem({
      source: name,
      message: 'it still has a placeholder where the password goes',
      fix: 'Put the database password there, percent-encoded.',
    })
  }
}
