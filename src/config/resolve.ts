import { resolve as resolvePath } from 'node:path'
import { z } from 'zod'
import type { Found, Layer, Source } from './layers/layer.ts'
import { type Report, shown } from './problems.ts'
import type { KeyedSetting } from './settings/setting.ts'
import { allSettings } from './settings.ts'

/** Values and sources by key; every setting is in both. */
export interface Resolved {
  values: Map<string, unknown>
  sources: Map<string, Source>
  /** Keys of settings whose value was refused, so that nobody complains that they are missing. */
  refused: Set<string>
}

const DEFAULT: Source = { layer: 'default', at: 'default' }

/** Takes each setting from the strongest layer that has it, and checks it. `layers` go from strong to weak. */
export function resolveSettings(layers: readonly Layer[], root: string, report: Report): Resolved {
  const resolved: Resolved = { values: new Map(), sources: new Map(), refused: new Set() }
  for (const setting of allSettings) {
    const found = layers.flatMap((layer) => layer.get(setting.key) ?? [])
    const value = found[0] && checked(setting, found[0], report)
    const used = value === undefined ? setting.fallback : value
    resolved.values.set(setting.key, inRoot(setting, used, root))
    resolved.sources.set(setting.key, (value !== undefined && found[0]?.source) || DEFAULT)
    if (found[0] !== undefined && value === undefined) resolved.refused.add(setting.key)
    warnOfOvertaken(setting, found, report)
  }
  return resolved
}

function checked(setting: KeyedSetting, { value, source, name }: Found, report: Report): unknown {
  const result = setting.kind.schema.safeParse(value)
  if (result.success) {
    warnOfPlaceholder(value, source, report)
    return result.data
  }
  const where = z.core.toDotPath(result.error.issues[0]?.path ?? [])
  const problem = {
    source: source.at,
    message: `expected ${setting.kind.expects}, got ${got(setting, value)}${where && ` (see ${where})`}`,
    fix: setting.fix ?? `Write it like ${written(setting, name)}.`,
  }
  if (setting.lenient) report.warn(problem)
  else report.problem(problem)
  return undefined
}

function got({ kind }: KeyedSetting, value: unknown): string {
  return kind.secret ? `[REDACTED] (${String(value).length} characters)` : shown(value)
}

function written(setting: KeyedSetting, name: string | undefined): string {
  if (name !== undefined) return `${name}=${setting.example}`
  return `\`${JSON.stringify(setting.example)}\``
}

function inRoot({ kind }: KeyedSetting, value: unknown, root: string): unknown {
  return kind.path && typeof value === 'string' ? resolvePath(root, value) : value
}

// Examples are copied more often than one thinks.
function warnOfPlaceholder(value: unknown, { at }: Source, report: Report): void {
  if (typeof value !== 'string' || !/(\.\.\.|…)$/.test(value)) return
  report.warn({
    source: at,
    message: 'it ends in dots, like an example',
    fix: 'Put the whole real value there.',
  })
}

// Somebody's own ANTHROPIC_API_KEY in the shell is stronger than the project's CLAUDE_API_KEY in its file.
function warnOfOvertaken({ env }: KeyedSetting, [used, ...others]: readonly Found[], report: Report): void {
  const canonical = others.find(({ name, value }) => name === env[0] && value !== used?.value)
  if (!canonical || used?.name === undefined || used.name === env[0]) return
  report.warn({
    source: used.source.at,
    message: `it counts instead of ${canonical.source.at}`,
    fix: `Unset ${used.name} where that is not meant.`,
  })
}
