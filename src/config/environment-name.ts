import { cleaned, type Environment } from './layers/environment.ts'
import type { ConfigFlags } from './layers/flags.ts'
import { configInvalid, shown } from './problems.ts'

/**
 * Name of the environment: `--env`, else `HELIX_ENV`, else `production` in production, else `local`.
 * @throws HelixError `config_invalid` for a name that could not end a file name: nothing can be read without one.
 */
export function environmentName({ env }: ConfigFlags, environment: Environment): string {
  const asked = env ?? (cleaned(environment.HELIX_ENV ?? '') || undefined)
  const name = asked ?? (inProduction(environment) ? 'production' : 'local')
  if (/^[a-z0-9][a-z0-9._-]{0,40}$/i.test(name)) return name
  throw configInvalid([
    {
      source: env === undefined ? 'HELIX_ENV in the environment' : '--env',
      message: `expected a name of letters, digits, ".", "_" and "-", got ${shown(name)}`,
      fix: 'Name the environment as in `.env.<env>`: production, staging, local.',
    },
  ])
}

/**
 * Whether this process is there for the world, as far as its surroundings say: by `NODE_ENV`, or where that is not set
 * because PM2 started it, which nobody has on a laptop for themselves. `pm2 start npm -- run start` is production.
 */
export function inProduction(environment: Environment): boolean {
  const said = cleaned(environment.NODE_ENV ?? '')
  return said === '' ? environment.pm_id !== undefined : said === 'production'
}
