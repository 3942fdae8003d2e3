import { createReadStream } from 'node:fs'

/** A file on its way into an archive. */
export interface TarEntry {
  /** As it is named in the archive, with `/`. */
  path: string
  /** Where its bytes are. */
  file: string
  size: number
  executable: boolean
}

/** A file whose bytes are at hand. */
export interface HeldEntry extends Omit<TarEntry, 'file'> {
  content: Buffer
}

const BLOCK = 512
const LONGEST_NAME = 100
const LONGEST_PREFIX = 155

/**
 * An archive (POSIX pax) of the entries in the order given, that depends on their names, bytes and whether they can be
 * run, and on nothing else: no owner, no clock but `at`.
 */
export async function* tarOf(
  entries: readonly (TarEntry | HeldEntry)[],
  at: Date,
): AsyncGenerator<Uint8Array, void> {
  const mtime = Math.floor(at.getTime() / 1_000)
  for (const entry of entries) {
    yield* headers(entry, mtime)
    let bytes = 0
    const content: AsyncIterable<Buffer> | Buffer[] =
      'content' in entry ? [entry.content] : createReadStream(entry.file)
    for await (const chunk of content) {
      bytes += chunk.length
      yield chunk
    }
    if (bytes !== entry.size) throw new Error(`${entry.path} changed while it was read`)
    yield padding(bytes)
  }
  yield Buffer.alloc(2 * BLOCK)
}

function* headers(
  { path, size, executable }: Omit<TarEntry, 'file'>,
  mtime: number,
): Generator<Uint8Array, void> {
  const mode = executable ? 0o755 : 0o644
  const name = splitName(path)
  if (name) return yield header({ ...name, size, mode, mtime, type: '0' })
  // A name that fits nowhere else goes into a record of its own before the file's.
  const record = paxRecord('path', path)
  yield header({ prefix: '', name: 'PaxHeader', size: record.length, mode: 0o644, mtime, type: 'x' })
  yield record
  yield padding(record.length)
  yield header({
    prefix: '',
    name: path.slice(-LONGEST_NAME).replace(/[^\x20-\x7e]/g, '_'),
    size,
    mode,
    mtime,
    type: '0',
  })
}

/** A name as the two fields of the header take it; undefined where they cannot. */
function splitName(path: string): { prefix: string; name: string } | undefined {
  if (/[^\x20-\x7e]/.test(path)) return undefined
  if (path.length <= LONGEST_NAME) return { prefix: '', name: path }
  const at = path.indexOf('/', path.length - LONGEST_NAME - 1)
  if (at < 1 || at > LONGEST_PREFIX) return undefined
  return { prefix: path.slice(0, at), name: path.slice(at + 1) }
}

/** `<length> <key>=<value>\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  let length = rest + String(rest).length
  length = rest + String(length).length
  return Buffer.from(`${length} ${key}=${value}\n`)
}

interface Header {
  prefix: string
  name: string
  size: number
  mode: number
  mtime: number
  type: '0' | 'x'
}

function header({ prefix, name, size, mode, mtime, type }: Header): Buffer {
  const block = Buffer.alloc(BLOCK)
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`
  block.write(name, 0, LONGEST_NAME)
  block.write(octal(mode, 7), 100)
  block.write(octal(0, 7), 108)
  block.write(octal(0, 7), 116)
  block.write(octal(size, 11), 124)
  block.write(octal(mtime, 11), 136)
  block.write('        ', 148)
  block.write(type, 156)
  block.write('ustar\u000000', 257)
  block.write(octal(0, 7), 329)
  block.write(octal(0, 7), 337)
  block.write(prefix, 345, LONGEST_PREFIX)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

function padding(bytes: number): Buffer {
  return Buffer.alloc((BLOCK - (bytes % BLOCK)) % BLOCK)
}
