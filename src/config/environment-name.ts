import { cleaned, type Environment } from './layers/environment.ts'
import type { ConfigFlags } from './layers/flags.ts'
import { configInvalid, shown } from './problems.ts'

/**
 * Name of the environment: `--env`, else `HELIX_ENV`, else `production` when `NODE_ENV=production`, else `local`.
 * @throws HelixError `config_invalid` for a name that could not end a file name: nothing can be read without one.
 */
export function environmentName({ env }: ConfigFlags, environment: Environment): string {
  const asked = env ?? (cleaned(environment.HELIX_ENV ?? '') || undefined)
  const name = asked ?? (cleaned(environment.NODE_ENV ?? '') === 'production' ? 'production' : 'local')
  if (/^[a-z0-9][a-z0-9._-]{0,40}$/i.test(name)) return name
  throw configInvalid([
    {
      source: env === undefined ? 'HELIX_ENV in the environment' : '--env',
      message: `expected a name of letters, digits, ".", "_" and "-", got ${shown(name)}`,
      fix: 'Name the environment as in `.env.<env>`: production, staging, local.',
    },
  ])
}
