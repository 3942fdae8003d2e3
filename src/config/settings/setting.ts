import type { Secret } from '../secret.ts'
import type { Kind } from './kind.ts'

/** One setting, described once: the loader, `config show` and the manual all read this. */
export interface Setting<V = unknown, F = unknown> {
  readonly kind: Kind<V>
  /** One line, as it stands in the manual. */
  readonly doc: string
  /** A value that is valid, as one would write it. */
  readonly example: unknown
  /** Environment variables that set it; the first is the name to use, the others are read too. */
  readonly env: readonly string[]
  /** Key of the command-line flag that sets it, in camelCase. */
  readonly flag: string | undefined
  /** Value when nothing sets it. */
  readonly fallback: F
  /** What happens when nothing sets it, where that is not one fixed value. */
  readonly otherwise: string | undefined
  /** Whether it belongs to one process and so cannot stand in `helix.config.ts`. */
  readonly processOnly: boolean
  /** What to do about an invalid value, where the example does not say it. */
  readonly fix: string | undefined
  /** Whether an invalid value counts as unset, with a warning, instead of stopping Helix. */
  readonly lenient: boolean
}

interface Description<V> {
  kind: Kind<V>
  doc: string
  example: unknown
  env?: readonly string[]
  flag?: string
  otherwise?: string
  processOnly?: boolean
  fix?: string
  lenient?: boolean
}

const UNSAID = {
  env: [],
  flag: undefined,
  fallback: undefined,
  otherwise: undefined,
  processOnly: false,
  fix: undefined,
  lenient: false,
} as const

/** Describes a setting that always has a value. */
export function setting<V>(description: Description<V> & { fallback: NoInfer<V> }): Setting<V, V>
/** Describes a setting that may be unset. */
export function setting<V>(description: Description<V>): Setting<V, undefined>
export function setting<V>(description: Description<V>): Setting<V> {
  return { ...UNSAID, ...description }
}

/** Settings by name, in groups. */
export interface SettingsTree {
  readonly [name: string]: Setting | SettingsTree
}

/** The values of a tree of settings, in the same shape. */
export type Values<T> = {
  readonly [K in keyof T]: T[K] extends Setting<infer V, infer F> ? V | F : Values<T[K]>
}

/** What of a tree of settings may stand in `helix.config.ts`: everything but secrets. */
export type FileValues<T> = {
  readonly [K in keyof T as T[K] extends Setting<Secret> ? never : K]?: T[K] extends Setting<infer V>
    ? V
    : FileValues<T[K]>
}

/** A setting with its place in the tree, as in `limits.openReplies`. */
export interface KeyedSetting extends Setting {
  readonly key: string
}

/** Whether a node of the tree is a setting and not a group. */
export function isSetting(node: Setting | SettingsTree): node is Setting {
  return 'kind' in node && 'doc' in node
}

/** All settings of a tree with their keys, in order. */
export function flatten(tree: SettingsTree, prefix = ''): KeyedSetting[] {
  return Object.entries(tree).flatMap(([name, node]) =>
    isSetting(node) ? [{ ...node, key: prefix + name }] : flatten(node, `${prefix}${name}.`),
  )
}
