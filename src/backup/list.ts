import { HelixError } from '../errors.ts'
import { type Destination, readText } from './destinations/destination.ts'
import { type Manifest, manifestName, readManifest } from './manifest.ts'

/** A backup that was finished; `damage` says why it cannot be used where that shows without reading it. */
export interface ListedBackup {
  id: string
  manifest: Manifest | undefined
  damage: string | undefined
}

const MANIFEST = /^(\d{8}T\d{6}Z-[0-9a-f]{6})\.manifest\.json$/

/** The backups of a place, the newest first. What was cut short is none of them. */
export async function listBackups(destination: Destination): Promise<ListedBackup[]> {
  const files = await destination.list()
  const sizes = new Map(files.map(({ name, bytes }) => [name, bytes]))
  const ids = files.flatMap(({ name }) => MANIFEST.exec(name)?.[1] ?? [])
  const listed: ListedBackup[] = []
  for (const id of ids.toSorted().toReversed()) listed.push(await look(destination, id, sizes))
  return listed
}

/**
 * The backup of this name, or for `latest` the newest that shows no damage.
 * @throws HelixError `backup_not_found`, `backup_damaged`
 */
export async function findBackup(destination: Destination, wanted: string): Promise<Manifest> {
  const listed = await listBackups(destination)
  const found =
    wanted === 'latest'
      ? listed.find(({ damage }) => damage === undefined)
      : listed.find(({ id }) => id === wanted)
  if (found === undefined) throw notFound(destination, wanted, listed.length)
  if (found.manifest && found.damage === undefined) return found.manifest
  throw new HelixError('backup_damaged', `The backup ${found.id} cannot be used: ${found.damage}`, {
    hint: 'Use another: helix backup list.',
    next: ['helix backup list'],
  })
}

async function look(destination: Destination, id: string, sizes: Map<string, number>): Promise<ListedBackup> {
  try {
    const manifest = readManifest(await readText(destination, manifestName(id)), manifestName(id))
    return { id, manifest, damage: damageOf(manifest, id, sizes) }
  } catch (thrown) {
    if (!(thrown instanceof HelixError) || thrown.code !== 'backup_damaged') throw thrown
    return { id, manifest: undefined, damage: thrown.message }
  }
}

function damageOf(manifest: Manifest, id: string, sizes: Map<string, number>): string | undefined {
  const { name, bytes } = manifest.archive
  const there = sizes.get(name)
  if (manifest.id !== id) return `its manifest is of ${manifest.id}`
  if (there === undefined) return `${name} is missing`
  return there === bytes ? undefined : `${name} has ${there} bytes instead of ${bytes}`
}

function notFound({ name }: Destination, wanted: string, count: number): HelixError {
  const what = wanted === 'latest' ? 'no backup that could be used' : `no backup ${wanted}`
  return new HelixError('backup_not_found', `There is ${what} in ${name}`, {
    hint: count === 0 ? 'Make one: helix backup create.' : 'See what there is: helix backup list.',
    next: [count === 0 ? 'helix backup create' : 'helix backup list'],
  })
}
