import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A tab may be open over this many releases before a part of the page it never loaded is gone. */
const KEPT_BUILDS = 6

/**
 * Keeps the files of the latest builds beside those of this one, so that a tab opened before goes on loading what it
 * has not loaded yet, and removes what is older.
 *
 * @param assets names in `<folder>/assets` that this build made
 */
export async function keepEarlier(folder: string, assets: readonly string[]): Promise<void> {
  const file = join(folder, '.vite', 'builds.json')
  const earlier = await readBuilds(file)
  const now = [...assets].sort()
  const builds = [now, ...earlier.filter((build) => build.join() !== now.join())].slice(0, KEPT_BUILDS)
  const kept = new Set(builds.flat())
  for (const name of await readdir(join(folder, 'assets'))) {
    if (!kept.has(name.replace(/\.(br|gz)$/, ''))) await rm(join(folder, 'assets', name))
  }
  await writeFile(file, `${JSON.stringify(builds)}\n`)
}

async function readBuilds(file: string): Promise<string[][]> {
  const text = await readFile(file, 'utf8').catch(() => '[]')
  return JSON.parse(text) as string[][]
}
