import { HelixError } from '../errors.ts'
import { type Destination, readText, whyUnread } from './destinations/destination.ts'
import { type Manifest, manifestName, readManifest } from './manifest.ts'

/** A backup that was finished; `damage` says why it cannot be used, or read, where that shows without reading it. */
export interface ListedBackup {
  id: string
  manifest: Manifest | undefined
  damage: string | undefined
}

const MANIFEST = /^(\d{8}T\d{6}Z-[0-9a-f]{6})\.manifest\.json$/

/** How large each file of a place is, by its name. */
type Sizes = ReadonlyMap<string, number>

/**
 * The backups of a place, the newest first. What was cut short is none of them. One whose manifest cannot be read is
 * damaged until it can be; where the place itself cannot be reached, this fails.
 */
export async function listBackups(destination: Destination): Promise<ListedBackup[]> {
  const listed: ListedBackup[] = []
  for await (const each of newestFirst(destination, await sizesIn(destination))) listed.push(each)
  return listed
}

/**
 * The backup of this name, whatever others are like, or for `latest` the newest that shows no damage.
 * @param onPassed told of each newer one that `latest` passes over
 * @throws HelixError `backup_not_found`, `backup_damaged`, `backup_unreadable`
 */
export async function findBackup(
  destination: Destination,
  wanted: string,
  onPassed: (backup: ListedBackup) => void = () => {},
): Promise<Manifest> {
  const sizes = await sizesIn(destination)
  if (wanted !== 'latest') return findNamed(destination, wanted, sizes)
  for await (const found of newestFirst(destination, sizes)) {
    if (found.manifest && found.damage === undefined) return found.manifest
    onPassed(found)
  }
  throw notFound(destination, wanted, idsOf(sizes).length)
}

async function findNamed(destination: Destination, id: string, sizes: Sizes): Promise<Manifest> {
  if (!sizes.has(manifestName(id))) throw notFound(destination, id, idsOf(sizes).length)
  const manifest = await manifestOf(destination, id)
  const damage = damageOf(manifest, id, sizes)
  if (damage === undefined) return manifest
  throw new HelixError('backup_damaged', `The backup ${id} cannot be used: ${damage}`, {
    hint: 'Use another: helix backup list.',
    next: ['helix backup list'],
  })
}

async function sizesIn(destination: Destination): Promise<Sizes> {
  return new Map((await destination.list()).map(({ name, bytes }) => [name, bytes]))
}

function idsOf(sizes: Sizes): string[] {
  return [...sizes.keys()].flatMap((name) => MANIFEST.exec(name)?.[1] ?? [])
}

async function* newestFirst(destination: Destination, sizes: Sizes): AsyncGenerator<ListedBackup> {
  for (const id of idsOf(sizes).toSorted().toReversed()) yield await look(destination, id, sizes)
}

async function look(destination: Destination, id: string, sizes: Sizes): Promise<ListedBackup> {
  try {
    const manifest = await manifestOf(destination, id)
    return { id, manifest, damage: damageOf(manifest, id, sizes) }
  } catch (thrown) {
    const isDamaged = thrown instanceof HelixError && thrown.code === 'backup_damaged'
    return {
      id,
      manifest: undefined,
      damage: isDamaged ? thrown.message : `cannot be read: ${whyUnread(thrown)}`,
    }
  }
}

async function manifestOf(destination: Destination, id: string): Promise<Manifest> {
  return readManifest(await readText(destination, manifestName(id)), manifestName(id))
}

function damageOf(manifest: Manifest, id: string, sizes: Sizes): string | undefined {
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
