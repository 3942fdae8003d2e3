import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { HelixError } from '../errors.ts'

/** A built part of a release, packed. */
export interface Archive {
  file: string
  sha256: string
  bytes: number
}

/** Looks at a packed release. @throws HelixError `usage` when there is no such file */
export async function readArchive(file: string): Promise<Archive> {
  const found = await stat(file).catch(() => undefined)
  if (!found?.isFile())
    throw new HelixError('usage', `There is no archive ${file}`, { next: ['helix build gateway'] })
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return { file, sha256: hash.digest('hex'), bytes: found.size }
}
