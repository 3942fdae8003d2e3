import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** What of package-lock.json matters here. */
interface Lock {
  packages: Record<string, LockedPackage>
}

interface LockedPackage {
  version?: string
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}

/** Only needed while one writes code against a package, or looks into it. */
const LEFT_OUT = /(?:\.d\.[cm]?ts|\.map)$/

export async function readLock(root: string): Promise<Lock> {
  return JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lock
}

/**
 * The folders of everything the program itself needs to run, as package-lock.json names them
 * (`node_modules/pg`): what its dependencies depend on, but not what they would only go with.
 */
export function neededPackages({ packages }: Lock): Set<string> {
  const needed = new Set<string>()
  const waiting = Object.keys(packages['']?.dependencies ?? {}).map((name) => ({ name, from: '' }))
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const folder = resolve(packages, next.name, next.from)
    if (folder === undefined || needed.has(folder)) continue
    needed.add(folder)
    for (const name of followed(packages[folder] ?? {})) waiting.push({ name, from: folder })
  }
  return needed
}

/** Removes from `<root>/node_modules` all that is not needed to run. */
export async function prunePackages(root: string, needed: ReadonlySet<string>): Promise<void> {
  const modules = join(root, 'node_modules')
  await rm(join(modules, '.bin'), { recursive: true, force: true })
  await rm(join(modules, '.package-lock.json'), { force: true })
  for (const folder of await packageFolders(modules, 'node_modules')) {
    if (![...needed].some((one) => one === folder || one.startsWith(`${folder}/`))) {
      await rm(join(root, folder), { recursive: true, force: true })
    }
  }
  const files = await readdir(modules, { recursive: true, withFileTypes: true })
  const left = files.filter((entry) => (entry.isFile() && LEFT_OUT.test(entry.name)) || entry.name === '.bin')
  await Promise.all(
    left.map((entry) => rm(join(entry.parentPath, entry.name), { recursive: true, force: true })),
  )
}

function followed(one: LockedPackage): string[] {
  const { dependencies, optionalDependencies, peerDependencies = {}, peerDependenciesMeta = {} } = one
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true)
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]
}

/** As Node finds a package: beside, then further up. */
function resolve(packages: Lock['packages'], name: string, from: string): string | undefined {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    const folder = base === '' ? `node_modules/${name}` : `${base}/node_modules/${name}`
    if (packages[folder] !== undefined) return folder
    if (base === '') return undefined
  }
}

async function packageFolders(modules: string, prefix: string): Promise<string[]> {
  const names = await readdir(modules)
  const nested = names.map(async (name) =>
    name.startsWith('@')
      ? (await readdir(join(modules, name))).map((one) => `${prefix}/${name}/${one}`)
      : [`${prefix}/${name}`],
  )
  return (await Promise.all(nested)).flat()
}
