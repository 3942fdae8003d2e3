import { notForLong } from '../db/stopping.ts'
import { type Part, readArchive } from './archive.ts'
import type { Destination } from './destinations/destination.ts'
import { directoryDestination } from './destinations/directory.ts'
import { damaged, type Manifest } from './manifest.ts'
import { makeScratch } from './scratch.ts'
import { unseal } from './seal.ts'
import { stoppableFrom } from './stoppable.ts'
import { createTallier } from './tally.ts'

/** Reads the archive as it lies and holds it to its manifest; needs no key. @throws HelixError `backup_damaged` */
export async function checkFile(destination: Pick<Destination, 'get'>, { archive }: Manifest): Promise<void> {
  for await (const _piece of checkedFile(destination, archive));
}

/**
 * Does something with the archive at hand. What lies far away is first laid down in the data directory and held to its
 * manifest: a transaction must not wait for a network, and an archive may be read more than once.
 * @throws HelixError `backup_damaged`, `stopped`, and those of the destination
 */
export async function withArchive<T>(
  { destination, dataDir, signal }: { destination: Destination; dataDir: string; signal?: AbortSignal },
  { archive }: Manifest,
  work: (near: Pick<Destination, 'get'>) => Promise<T>,
): Promise<T> {
  if (!destination.remote) return work(stoppableFrom(destination, signal))
  const spool = await makeScratch(dataDir, 'backup-spool')
  const here = directoryDestination(spool.folder)
  try {
    const fetched = here.put(archive.name, checkedFile(stoppableFrom(destination, signal), archive))
    await notForLong(fetched, signal)
    return await work(stoppableFrom(here, signal))
  } finally {
    await spool.remove()
  }
}

/**
 * Opens the archive and gives each of its parts; each is held to what the manifest says of it once it was read whole.
 * @throws HelixError `backup_damaged`, `precondition_failed` where no identity fits
 */
export async function* readParts(
  destination: Pick<Destination, 'get'>,
  manifest: Manifest,
  identities: readonly string[],
): AsyncGenerator<Part> {
  const { name } = manifest.archive
  const promised = new Map<string, Facts>([
    ...manifest.tables.map((table) => [`table ${table.name}`, table] as const),
    ...manifest.files.map((file) => [`file ${file.name}`, file] as const),
  ])
  const plain = unseal(checkedFile(destination, manifest.archive), identities, name)
  for await (const part of readArchive(plain, name)) {
    const what = 'table' in part ? `table ${part.table}` : `file ${part.file}`
    const facts = promised.get(what)
    if (facts === undefined) throw damaged(name, `its manifest knows no ${what}`)
    promised.delete(what)
    yield { ...part, bytes: held(part.bytes, facts, name, what) }
  }
  const [missing] = promised.keys()
  if (missing !== undefined) throw damaged(name, `it lacks the ${missing}`)
}

/** Opens the archive and reads it to its end. @throws those of `readParts` */
export async function checkParts(
  destination: Pick<Destination, 'get'>,
  manifest: Manifest,
  identities: readonly string[],
): Promise<void> {
  for await (const { bytes } of readParts(destination, manifest, identities))
    for await (const _piece of bytes);
}

/** Opens the archive, and reads no more of it than what it begins with. @throws those of `readParts` */
export async function checkOpens(
  destination: Pick<Destination, 'get'>,
  manifest: Manifest,
  identities: readonly string[],
): Promise<void> {
  for await (const _part of readParts(destination, manifest, identities)) return
}

interface Facts {
  bytes: number
  sha256: string
  rows?: number
  digest?: string
}

async function* held(
  bytes: AsyncIterable<Uint8Array>,
  facts: Facts,
  name: string,
  what: string,
): AsyncGenerator<Uint8Array> {
  const tallier = createTallier({ byRow: facts.rows !== undefined })
  yield* tallier.through(bytes)
  const got = tallier.result()
  const same = got.bytes === facts.bytes && got.sha256 === facts.sha256
  const sameRows = facts.rows === undefined || (got.rows === facts.rows && got.digest === facts.digest)
  if (!same || !sameRows) throw damaged(name, `the ${what} is not as its manifest says`)
}

async function* checkedFile(
  destination: Pick<Destination, 'get'>,
  { name, bytes, sha256 }: Manifest['archive'],
): AsyncGenerator<Uint8Array> {
  const tallier = createTallier({ byRow: false })
  yield* tallier.through(destination.get(name))
  const got = tallier.result()
  if (got.bytes !== bytes) throw damaged(name, `it has ${got.bytes} bytes instead of ${bytes}`)
  if (got.sha256 !== sha256) throw damaged(name, 'its bytes are not those that were written')
}
