import { basename } from 'node:path'
import { closest } from '../closest.ts'
import type { Report } from '../problems.ts'
import { isSetting, type Setting, type SettingsTree } from '../settings/setting.ts'
import { allSettings, settings } from '../settings.ts'
import { importConfigFile } from './import-config.ts'
import type { Found, Layer, Source } from './layer.ts'

/** Everything one walk through the file needs. */
interface Walk {
  file: string
  layer: Map<string, Found>
  report: Report
}

/** The layer of `helix.config.ts`; reports a file that cannot be imported, unknown keys, and secrets in it. */
export async function configFileLayer(path: string | undefined, report: Report): Promise<Layer> {
  const walk: Walk = { file: basename(path ?? ''), layer: new Map(), report }
  if (path === undefined) return walk.layer
  try {
    const content = await importConfigFile(path)
    if (isGroup(content)) takeGroup(content, settings, '', walk)
    else report.problem(noDefaultExport(walk.file))
  } catch (error) {
    report.problem(importFailed(walk.file, path, error))
  }
  return walk.layer
}

function takeGroup(group: Record<string, unknown>, tree: SettingsTree, prefix: string, walk: Walk): void {
  for (const [name, value] of Object.entries(group)) {
    const node = Object.hasOwn(tree, name) ? tree[name] : undefined
    const source = { layer: 'config-file', at: `${prefix}${name} in ${walk.file}` } as const
    if (value === undefined) continue
    if (node) takeEntry(prefix + name, value, node, source, walk)
    else walk.report.problem({ source: source.at, ...unknownKey(prefix, name, isGroup(value), tree) })
  }
}

function takeEntry(
  key: string,
  value: unknown,
  node: Setting | SettingsTree,
  source: Source,
  { layer, report, file }: Walk,
): void {
  if (!isSetting(node)) {
    if (isGroup(value)) takeGroup(value, node, `${key}.`, { layer, report, file })
    else report.problem({ source: source.at, ...notAGroup(key, node) })
  } else if (node.kind.secret || node.processOnly) {
    report.problem({ source: source.at, ...belongsElsewhere(key, node) })
  } else layer.set(key, { value, source })
}

// Meant is a slip of the fingers at the same place, or the right name at the wrong one.
function unknownKey(prefix: string, name: string, group: boolean, tree: SettingsTree) {
  const siblings = Object.keys(tree)
  const sameShape = siblings.filter((key) => tree[key] && isSetting(tree[key]) !== group)
  const near = closest(name, sameShape) ?? closest(name, siblings)
  const elsewhere = allSettings.find(({ key }) => key.endsWith(`.${name}`))?.key
  const meant = near === undefined ? elsewhere : prefix + near
  return {
    message: `Helix knows no ${prefix}${name}`,
    fix: meant === undefined ? 'Remove it.' : `Did you mean ${meant}? Rename it, or remove it.`,
  }
}

function notAGroup(key: string, node: SettingsTree) {
  return { message: `${key} holds settings of its own`, fix: `Write ${key}: { ${Object.keys(node)[0]}: … }.` }
}

function belongsElsewhere(key: string, { kind, env: [name] }: Setting) {
  return kind.secret
    ? { message: `${key} is a secret, and this file is committed`, fix: `Move it to .env.<env> as ${name}.` }
    : { message: `${key} belongs to one process`, fix: `Set ${name} in its environment instead.` }
}

function noDefaultExport(file: string) {
  return {
    source: file,
    message: 'it has no default export that is an object',
    fix: 'Write `export default defineConfig({ … })`.',
  }
}

function importFailed(file: string, path: string, error: unknown) {
  const text = error instanceof Error ? error.message : String(error)
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const line = stack
    .split(basename(path))
    .at(1)
    ?.match(/^\S*?:(\d+)/)?.[1]
  return {
    source: line === undefined ? file : `${file}:${line}`,
    message: `it cannot be imported: ${(text.split('\n')[0] ?? '').trim().slice(0, 200)}`,
    fix: 'Correct the file; `node --check` shows where its syntax is wrong.',
  }
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
