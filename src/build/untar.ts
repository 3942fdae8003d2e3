import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { HelixError } from '../errors.ts'

const BLOCK = 512

/**
 * Reads the files of an archive that `tarOf` packed, by path, into memory.
 * @throws HelixError `precondition_failed` for what is no such archive
 */
export async function untar(file: string): Promise<Map<string, Buffer>> {
  const tar = await promisify(gunzip)(await readFile(file)).catch((cause: unknown) => {
    throw notOurs(file, cause)
  })
  const files = new Map<string, Buffer>()
  let longName: string | undefined
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const header = tar.subarray(at, at + BLOCK)
    const size = Number.parseInt(textOf(header, 124, 12), 8)
    const type = textOf(header, 156, 1)
    if (textOf(header, 257, 5) !== 'ustar' || Number.isNaN(size) || !['0', 'x'].includes(type))
      throw notOurs(file)
    const content = tar.subarray(at + BLOCK, at + BLOCK + size)
    if (type === 'x') longName = /^\d+ path=(.*)\n$/.exec(content.toString())?.[1]
    else {
      files.set(longName ?? nameOf(header), content)
      longName = undefined
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return files
}

function nameOf(header: Buffer): string {
  const prefix = textOf(header, 345, 155)
  const name = textOf(header, 0, 100)
  return prefix === '' ? name : `${prefix}/${name}`
}

function textOf(header: Buffer, at: number, length: number): string {
  return header
    .subarray(at, at + length)
    .toString()
    .replace(/[\0 ].*$/s, '')
}

function notOurs(file: string, cause?: unknown): HelixError {
  return new HelixError('precondition_failed', `${file} is no archive that helix build made`, {
    next: ['helix build web'],
    cause,
  })
}
