import type { Config } from '../config/config.ts'
import { HelixError } from '../errors.ts'

/** How Supabase names its projects, as in `https://<ref>.supabase.co`. */
const REF = /^[a-z]{20}$/

/**
 * The name of a project, found in its address, else in that of its database: one under a domain of its own does not
 * have it in the first.
 * @throws HelixError `config_invalid` where neither has it
 */
export function projectRef({ supabase }: Pick<Config, 'supabase'>): string {
  const database = URL.parse(supabase.dbUrl?.reveal() ?? '')
  const candidates = [
    URL.parse(supabase.url ?? '')?.hostname.split('.')[0],
    database?.hostname.split('.')[1],
    decodeURIComponent(database?.username ?? '').split('.')[1],
  ]
  const ref = candidates.find((candidate) => candidate !== undefined && REF.test(candidate))
  if (ref !== undefined) return ref
  throw new HelixError('config_invalid', 'Nobody knows which project of Supabase this is', {
    hint: 'SUPABASE_URL or SUPABASE_DB_URL names it: https://<ref>.supabase.co, db.<ref>.supabase.co.',
  })
}
