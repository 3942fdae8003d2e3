import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'

const BLOCK = 512
const FOLDER = '5'

/** Unpacks a tar of a cluster into `folder` and forces every file and folder of it to disk. */
export function untar(tar: Uint8Array, folder: string): void {
  const folders = new Set([folder])
  const bytes = Buffer.from(tar.buffer, tar.byteOffset, tar.byteLength)
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const entry = readEntry(bytes, at)
    if (entry.name === '') break
    const path = join(folder, entry.name)
    if (path !== folder && !path.startsWith(folder + sep))
      throw new Error(`"${entry.name}" leaves the archive`)
    const holder = entry.type === FOLDER ? path : dirname(path)
    if (!folders.has(holder)) mkdirSync(holder, { recursive: true, mode: 0o700 })
    folders.add(holder)
    if (entry.type !== FOLDER) writeDurably(path, bytes.subarray(at + BLOCK, at + BLOCK + entry.size))
    at += BLOCK + Math.ceil(entry.size / BLOCK) * BLOCK
  }
  for (const each of folders) forceFolder(each)
}

/** Forces a folder's entries to disk, as after creating or renaming in it. */
export function forceFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}

function readEntry(bytes: Buffer, at: number): { name: string; size: number; type: string } {
  const field = (offset: number, length: number) =>
    bytes.toString('latin1', at + offset, at + offset + length).replace(/\0.*$/s, '')
  const prefix = field(345, 155)
  return {
    name: prefix ? `${prefix}/${field(0, 100)}` : field(0, 100),
    size: Number.parseInt(field(124, 12), 8) || 0,
    type: field(156, 1),
  }
}

function writeDurably(path: string, content: Buffer): void {
  const descriptor = openSync(path, 'w', 0o600)
  try {
    for (let done = 0; done < content.length; ) done += writeSync(descriptor, content, done)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
