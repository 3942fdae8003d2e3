import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { Secret } from '../config/secret.ts'
import { HelixError } from '../errors.ts'

/**
 * Reads the settings of an environment as they are brought to a machine: its `.env.<env>`, and a token for the metrics
 * where it names none, since a release is watched by them.
 * @throws HelixError `precondition_failed` without that file
 */
export async function releaseSettings({ root, env }: Pick<Config, 'root' | 'env'>): Promise<Secret> {
  const path = join(root, `.env.${env}`)
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new HelixError('precondition_failed', `There is no ${path}`, {
      hint: 'A release is brought with the settings of its environment; write them there, or name another --env.',
      cause,
    })
  })
  if (/^(?:export )?HELIX_METRICS_TOKEN=\S/m.test(text)) return new Secret(text)
  return new Secret(`${text.trimEnd()}\nHELIX_METRICS_TOKEN=${randomBytes(24).toString('base64url')}\n`)
}
