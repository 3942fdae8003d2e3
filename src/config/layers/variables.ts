import { closest } from '../closest.ts'
import type { Report } from '../problems.ts'
import { allSettings } from '../settings.ts'
import { VITE_NAMES } from '../vite/names.ts'
import type { Found, Layer, Variable } from './layer.ts'

const SETTING_NAMES = allSettings.flatMap(({ env }) => env)

/** Whether a name is one that Helix reads. */
export function isKnownVariable(name: string): boolean {
  return SETTING_NAMES.includes(name) || VITE_NAMES.some((known) => known === name)
}

/** The one problem of a name that Helix does not know; its value may be a secret and is not shown. */
export function reportUnknown({ name, source }: Variable, report: Report): void {
  const meant = closest(name, SETTING_NAMES)
  report.problem({
    source: source.at,
    message: `Helix knows no ${name}`,
    fix: meant === undefined ? 'Remove it.' : `Did you mean ${meant}? Rename it, or remove it.`,
  })
}

/** The layer that variables of one place make; an empty value counts as none, and so does an alias beside its name. */
export function variableLayer(variables: readonly Variable[], report: Report): Layer {
  const byName = new Map(variables.filter(({ value }) => value !== '').map((entry) => [entry.name, entry]))
  const layer = new Map<string, Found>()
  for (const { key, env } of allSettings) {
    const [first, ...aliases] = env.flatMap((name) => byName.get(name) ?? [])
    if (first === undefined) continue
    layer.set(key, first)
    for (const alias of aliases) if (alias.value !== first.value) warnOfAlias(first, alias, report)
  }
  return layer
}

function warnOfAlias(used: Variable, alias: Variable, report: Report): void {
  report.warn({
    source: alias.source.at,
    message: `${used.name} is set to something else and counts instead`,
    fix: `Remove ${alias.name}.`,
  })
}
