import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { Secret } from '../config/secret.ts'
import { HelixError } from '../errors.ts'

/** The settings of a release, as the files it reads. */
export interface ReleaseSettings {
  /** Its `.env.production`. */
  env: Secret
  /** Its `helix.config.ts`. */
  config: string
}

const NO_CONFIG = 'export default {}\n'

/**
 * Reads the settings of an environment as they are brought to a machine: its `.env.<env>`, with a token for the metrics
 * where it names none, since a release is watched by them; and its `helix.config.ts`.
 * @throws HelixError `precondition_failed` without a `.env.<env>`
 */
export async function releaseSettings({
  root,
  env,
  configFile,
}: Pick<Config, 'root' | 'env' | 'configFile'>): Promise<ReleaseSettings> {
  const path = join(root, `.env.${env}`)
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new HelixError('precondition_failed', `There is no ${path}`, {
      hint: 'A release is brought with the settings of its environment; write them there, or name another --env.',
      cause,
    })
  })
  const config = configFile === undefined ? NO_CONFIG : await readFile(configFile, 'utf8')
  return { env: new Secret(withMetricsToken(text)), config }
}

function withMetricsToken(text: string): string {
  if (/^\s*(?:export\s+)?HELIX_METRICS_TOKEN[ \t]*=[ \t]*["']?[^\s#"']/m.test(text)) return text
  return `${text.trimEnd()}\nHELIX_METRICS_TOKEN=${randomBytes(24).toString('base64url')}\n`
}
