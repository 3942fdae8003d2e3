import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { Archive } from './archive.ts'
import type { PlannedChange } from './steps.ts'

/** What is brought to machines as a release: an archive, or an image. */
export interface Cargo {
  /** What tells it from any other, in hex: SHA-256 of an archive, id of an image. */
  sha256: string
  bytes: number
  /** What is done here before it is brought, as a plan prints it. */
  here(release: string): PlannedChange[]
  /** What a machine reads to take it in. */
  open(release: string): Promise<Readable>
}

/** Of a release that is on the machines already. */
export const NO_CARGO: Cargo = {
  sha256: '',
  bytes: 0,
  here: () => [],
  open: async () => Readable.from([]),
}

export function packed({ file, sha256, bytes }: Archive): Cargo {
  return { sha256, bytes, here: () => [], open: async () => createReadStream(file) }
}
