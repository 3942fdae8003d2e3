import { join } from 'node:path'
import type { Config } from './config.ts'
import { checkDiscord } from './discord.ts'
import { environmentName } from './environment-name.ts'
import { configFileLayer } from './layers/config-file.ts'
import { readEnvFile } from './layers/env-file.ts'
import { type Environment, environmentLayer, environmentVariables } from './layers/environment.ts'
import { type ConfigFlags, flagLayer } from './layers/flags.ts'
import type { Layer, Variable } from './layers/layer.ts'
import { variableLayer } from './layers/variables.ts'
import { checkMixedUp } from './mixed-up.ts'
import { chooseMode } from './mode.ts'
import { freeze, nest } from './nest.ts'
import { configInvalid, newReport, type Problem, type Report } from './problems.ts'
import { findProject, type Project } from './project.ts'
import { type Resolved, resolveSettings } from './resolve.ts'
import { allSettings, type SettingValues } from './settings.ts'
import { chooseSimulation } from './simulation.ts'
import { checkViteSecrets } from './vite/check.ts'

/** What a command cannot do without; a need that is not met is a problem. */
export type Need = 'database' | 'claude'

export interface LoadOptions {
  /** Directory to find the project from. */
  cwd: string
  flags?: ConfigFlags
  environment: Environment
  /** Default: both, as the gateway needs. A client of a gateway needs none. */
  needs?: readonly Need[]
}

/** Settings that decide whether a need is met: a refused one is reported once, not also as missing. */
const DECIDING: Record<Need, readonly string[]> = {
  database: ['mode', 'databaseUrl', 'supabase.url', 'supabase.dbUrl'],
  claude: ['claude.apiKey', 'claude.simulate'],
}

/** A configuration together with what is wrong with it; where something is, refused values count as unset. */
export interface Inspection {
  config: Config
  problems: readonly Problem[]
}

/**
 * Loads and checks the configuration: flags > process environment > `.env.<env>` > `helix.config.ts` > defaults.
 * @throws HelixError `config_invalid` with all problems at once, each with its source and fix.
 */
export async function loadConfig(options: LoadOptions): Promise<Config> {
  const { config, problems } = await inspectConfig(options)
  if (problems.length > 0) throw configInvalid(problems)
  return config
}

/**
 * The same, for who wants to see a configuration that cannot be used.
 * @throws HelixError `config_invalid` only when the environment has no usable name.
 */
export async function inspectConfig(options: LoadOptions): Promise<Inspection> {
  const report = newReport()
  const project = findProject(options.cwd)
  const env = environmentName(options.flags ?? {}, options.environment)
  const layers = await readLayers(options, project, env, report)
  const resolved = resolveSettings(layers, project.root, report)
  const config = conclude(resolved, project, env, options.needs ?? ['database', 'claude'], report)
  return { config, problems: report.problems }
}

async function readLayers(
  { flags = {}, environment }: LoadOptions,
  { root, configFile }: Project,
  env: string,
  report: Report,
): Promise<Layer[]> {
  const file = await readEnvFile(join(root, `.env.${env}`), root, report)
  if (file === undefined && flags.env !== undefined) report.note(noEnvFile(env, root))
  reportOtherName(file ?? [], env, report)
  const layers = [
    flagLayer(flags),
    environmentLayer(environment, report),
    variableLayer(file ?? [], report),
    await configFileLayer(configFile, report),
  ]
  checkViteSecrets([...environmentVariables(environment), ...(file ?? [])], secretTexts(layers), report)
  return layers
}

// What follows from the settings together: the mode, whether Claude is simulated, what is mixed up.
function conclude(
  { values: flat, sources, refused }: Resolved,
  { root, configFile }: Project,
  env: string,
  needs: readonly Need[],
  report: Report,
): Config {
  const values = nest(flat) as unknown as SettingValues
  const node = values.environment.node ?? (env === 'production' ? 'production' : 'development')
  const production = node === 'production'
  const reportFor = (need: Need) =>
    needs.includes(need) && !DECIDING[need].some((key) => refused.has(key)) ? report : newReport()
  const { mode, because, connection } = chooseMode({ values, production, report: reportFor('database') })
  const simulated = chooseSimulation({ values, production, report: reportFor('claude') })
  checkMixedUp(values, report)
  checkDiscord(values, production, report)
  if (values.mode === undefined) sources.set('mode', { layer: 'default', at: because })
  return freeze({
    ...values,
    environment: { name: env, node },
    root,
    configFile,
    env,
    production,
    mode,
    connection,
    simulated,
    notices: report.notices,
    sources: Object.fromEntries(sources),
  })
}

function secretTexts(layers: readonly Layer[]): Set<string> {
  const keys = allSettings.filter(({ kind }) => kind.secret).map(({ key }) => key)
  return new Set(layers.flatMap((layer) => keys.map((key) => String(layer.get(key)?.value ?? ''))))
}

function noEnvFile(env: string, root: string) {
  return {
    source: '--env',
    message: `there is no .env.${env} in ${root}`,
    fix: 'Make the file, or set what it would hold in the process environment.',
  }
}

function reportOtherName(file: readonly Variable[], env: string, report: Report): void {
  const other = file.find(({ name, value }) => name === 'HELIX_ENV' && value !== env)
  if (other === undefined) return
  report.problem({
    source: other.source.at,
    message: `it names another environment than the file, which was read for ${env}`,
    fix: 'Remove it; the environment is chosen by --env or by HELIX_ENV in the process environment.',
  })
}
