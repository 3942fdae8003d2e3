import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { runtimeDirectory } from '../../config/directories.ts'

/**
 * Address of a private socket of a data directory, for `kind` such as `database`: short whatever the
 * directory is called, because socket paths end at 107 bytes.
 */
export function socketPathFor(dataDir: string, kind: string): string {
  const name = createHash('sha256')
    .update(`${resolve(dataDir)}\n${kind}`)
    .digest('hex')
    .slice(0, 16)
  if (process.platform === 'win32') return `\\\\.\\pipe\\helix-${name}`
  return join(runtimeDirectory(), `helix-${name}.sock`)
}
