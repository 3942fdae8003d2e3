import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { HelixError } from '../../errors.ts'
import { makePrivateFolder } from '../../private-folder.ts'
import { forceFolder, untar } from './untar.ts'

/** Major version of PostgreSQL that PGlite is. */
const MAJOR = '18'

/** Folder of the database inside a data directory. */
export function clusterFolder(dataDir: string): string {
  return join(dataDir, 'db')
}

/** Whether the data directory holds a database already. */
export function hasCluster(dataDir: string): boolean {
  return existsSync(join(clusterFolder(dataDir), 'PG_VERSION'))
}

/** Makes the data directory, readable by its owner alone. */
export function prepareDataDir(dataDir: string): void {
  makePrivateFolder(dataDir)
  chmodSync(dataDir, 0o700)
}

/** Lays down a cluster from a template: under its name at once and whole, or not at all. */
export function layCluster(dataDir: string, template: Uint8Array): void {
  const folder = clusterFolder(dataDir)
  const unfinished = `${folder}.new`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { mode: 0o700 })
  untar(template, unfinished)
  rmSync(folder, { recursive: true, force: true })
  renameSync(unfinished, folder)
  forceFolder(dataDir)
}

/** @throws HelixError `precondition_failed` when another major version wrote the cluster. */
export function checkClusterVersion(dataDir: string): void {
  const version = readFileSync(join(clusterFolder(dataDir), 'PG_VERSION'), 'utf8').trim()
  if (version === MAJOR) return
  throw new HelixError(
    'precondition_failed',
    `The database in ${dataDir} is of PostgreSQL ${version}, not ${MAJOR}`,
    {
      hint: 'Make a backup with the Helix that wrote it, and restore it into a new data directory with this one.',
    },
  )
}
