import { join } from 'node:path'
import type { Config } from '../config.ts'
import { readEnvFile } from '../layers/env-file.ts'
import { type Environment, environmentVariables } from '../layers/environment.ts'
import { configInvalid, newReport } from '../problems.ts'
import { secretsIn } from '../secret.ts'
import { checkViteSecrets } from './check.ts'
import { VITE_NAMES, type ViteName } from './names.ts'

/**
 * The `VITE_*` values to build the page (`web`) or the desktop app with: the process environment, else
 * `<target>/.env.<env>`, else `.env.<env>`, else what the configuration says. What is unset is left out.
 * @throws HelixError `config_invalid` when one of them holds a secret, or a file cannot be read.
 */
export async function viteValues(
  config: Config,
  target: 'web' | 'desktop',
  environment: Environment,
): Promise<Partial<Record<ViteName, string>>> {
  const report = newReport()
  const files = [join(config.root, target, `.env.${config.env}`), join(config.root, `.env.${config.env}`)]
  const read = await Promise.all(files.map((file) => readEnvFile(file, config.root, report)))
  const variables = [...environmentVariables(environment), ...read.flatMap((found) => found ?? [])]
  checkViteSecrets(variables, secretsIn(config), report)
  if (report.problems.length > 0) throw configInvalid(report.problems)
  const derived = derivedValues(config)
  const values = VITE_NAMES.map((name) => {
    const set = variables.find((variable) => variable.name === name && variable.value !== '')
    return [name, set?.value ?? derived[name]] as const
  })
  return Object.fromEntries(values.filter(([, value]) => value !== undefined))
}

function derivedValues({ supabase, domains }: Config): Record<ViteName, string | undefined> {
  const gateway = domains.api && `https://${domains.api}`
  return {
    VITE_SUPABASE_URL: supabase.url,
    VITE_SUPABASE_ANON_KEY: supabase.anonKey,
    VITE_API_URL: gateway,
    VITE_GATEWAY_URL: gateway,
  }
}
