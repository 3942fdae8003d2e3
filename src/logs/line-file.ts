import { open, stat } from 'node:fs/promises'
import { StringDecoder } from 'node:string_decoder'

/** So much is read at a time, in bytes. */
const PIECE_BYTES = 64 * 1024
/** What goes on for longer without a line break is let go in pieces, in characters. */
const MOST_LINE = 1024 * 1024

/** A file whose lines are read in bounded memory, also while it grows; it stays the same when it is renamed. */
export interface LineFile {
  readonly id: string
  /** How much of it was read, in bytes. */
  readonly place: number
  /** The whole lines from where it was read to, up to where it ends now; some at a time. */
  lines(): AsyncGenerator<readonly string[], void>
  /** What came after the last line break, for when nothing comes any more. */
  rest(): readonly string[]
  close(): Promise<void>
}

/** Undefined where there is none. */
export async function openLines(path: string): Promise<LineFile | undefined> {
  const file = await open(path).catch(absent)
  if (!file) return undefined
  const id = idOf(await file.stat({ bigint: true }))
  const bytes = Buffer.allocUnsafe(PIECE_BYTES)
  const decoder = new StringDecoder('utf8')
  let place = 0
  let unfinished = ''
  return {
    id,
    get place() {
      return place
    },
    async *lines() {
      for (;;) {
        const { bytesRead } = await file.read(bytes, 0, bytes.length, null)
        if (bytesRead === 0) return
        place += bytesRead
        const lines = decoder.write(bytes.subarray(0, bytesRead)).split('\n')
        lines[0] = unfinished + (lines[0] ?? '')
        unfinished = lines.pop() ?? ''
        if (unfinished.length > MOST_LINE) {
          lines.push(unfinished)
          unfinished = ''
        }
        yield lines
      }
    },
    rest: () => [unfinished + decoder.end()].filter((line) => line !== ''),
    close: () => file.close(),
  }
}

/** Which file a path names now, and how long it is; undefined where there is none. */
export async function lookAt(path: string): Promise<{ id: string; size: number; changed: Date } | undefined> {
  const found = await stat(path, { bigint: true }).catch(absent)
  return found && { id: idOf(found), size: Number(found.size), changed: found.mtime }
}

function idOf({ dev, ino }: { dev: bigint; ino: bigint }): string {
  return `${dev}:${ino}`
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
