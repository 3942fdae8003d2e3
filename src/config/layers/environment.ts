import type { Report } from '../problems.ts'
import type { Layer, Variable } from './layer.ts'
import { isKnownVariable, reportUnknown, variableLayer } from './variables.ts'

/** Environment variables as Node gives them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The layer of the process environment; reports unknown `HELIX_*` names, and values it had to clean. */
export function environmentLayer(environment: Environment, report: Report): Layer {
  const variables = environmentVariables(environment)
  for (const variable of variables) {
    if (isKnownVariable(variable.name)) noteCleaning(variable, environment[variable.name], report)
    else if (variable.name.startsWith('HELIX_')) reportUnknown(variable, report)
  }
  return variableLayer(variables, report)
}

/** All variables of the process, cleaned. */
export function environmentVariables(environment: Environment): Variable[] {
  return Object.entries(environment).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [{ name, value: cleaned(value), source: { layer: 'environment', at: `${name} in the environment` } }],
  )
}

/** A value without the matched quotes or the trailing ` # comment` that `docker --env-file` leaves on it. */
export function cleaned(value: string): string {
  const text = value.trim()
  const quoted = /^(["'`])(.*?)\1(\s+#.*)?$/s.exec(text)
  return quoted?.[2] ?? text.replace(/(^#\s|\s+#).*$/s, '')
}

function noteCleaning({ name, value, source }: Variable, raw: string | undefined, report: Report): void {
  if (raw?.trim() === value) return
  report.note({
    source: source.at,
    message: 'it came with quotes or a comment, which were taken off',
    fix: `Write ${name} without them where it is set.`,
  })
}
