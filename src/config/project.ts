import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { nearest, packageName } from './package.ts'

/** Names under which the configuration file is found, first that exists. */
const CONFIG_FILES = ['helix.config.ts', 'helix.config.js', 'helix.config.mjs'] as const

/** Where a project lies, and its configuration file if it has one. */
export interface Project {
  root: string
  configFile: string | undefined
}

/**
 * Finds the project of a directory: the nearest directory upward with a `helix.config.ts` (`.js`, `.mjs`) or a
 * package named helix; without either, the directory itself.
 */
export function findProject(cwd: string): Project {
  const start = resolve(cwd)
  const isRoot = (directory: string) =>
    configFileIn(directory) !== undefined || packageName(directory) === 'helix'
  const root = nearest(start, isRoot) ?? start
  return { root, configFile: configFileIn(root) }
}

function configFileIn(directory: string): string | undefined {
  return CONFIG_FILES.map((name) => join(directory, name)).find((path) => existsSync(path))
}
