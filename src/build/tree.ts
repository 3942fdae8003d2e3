import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { TarEntry } from './tar.ts'

/** A file of an artefact, as the manifest lists it. */
export interface ListedFile {
  path: string
  size: number
  sha256: string
  executable: boolean
}

/** Every file below a folder by name; names are compared byte by byte, so that no machine's language orders them. */
export async function listTree(folder: string): Promise<(TarEntry & ListedFile)[]> {
  const found: (TarEntry & ListedFile)[] = []
  for (const path of (await pathsBelow(folder, '')).toSorted(bytewise)) {
    const file = join(folder, path)
    const { size, mode } = await lstat(file)
    found.push({ path, file, size, executable: (mode & 0o100) !== 0, sha256: await sha256Of(file) })
  }
  return found
}

/** SHA-256 of a file's bytes, in hex. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

async function pathsBelow(folder: string, prefix: string): Promise<string[]> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true })
  const nested = entries.map(async (entry) => {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`
    if (entry.isDirectory()) return pathsBelow(folder, path)
    if (entry.isFile()) return [path]
    throw new Error(`${path} is neither a file nor a folder, and cannot go into an artefact`)
  })
  return (await Promise.all(nested)).flat()
}

function bytewise(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
