import { z } from 'zod'
import { damaged } from './manifest.ts'

/** What one part of an archive holds: the rows of a table, or a file. */
const Head = z.union([
  z.object({ table: z.string(), columns: z.array(z.string()) }),
  z.object({ file: z.string() }),
  z.object({ end: z.literal(true) }),
])

type PartHead = Exclude<z.infer<typeof Head>, { end: true }>

/** One part of an archive; its bytes have to be read, or skipped by the next, in their order. */
export type Part = PartHead & { bytes: AsyncIterable<Uint8Array> }

const PIECE = 256 * 1024
/** Longer pieces are none of ours. */
const LONGEST = 64 * 1024 * 1024
const END = { end: true } as const

/**
 * An archive: each part a heading in JSON and pieces up to an empty one, both with their length in four bytes before
 * them; a last heading ends it, so that no archive can be cut without its being seen.
 */
export async function* writeArchive(parts: AsyncIterable<Part>): AsyncGenerator<Uint8Array> {
  for await (const { bytes, ...head } of parts) {
    yield* framed(Buffer.from(JSON.stringify(head)))
    for await (const piece of gathered(bytes)) yield* framed(piece)
    yield* framed(Buffer.alloc(0))
  }
  yield* framed(Buffer.from(JSON.stringify(END)))
}

/** The parts of an archive. @throws HelixError `backup_damaged` for whatever is not one, whole. */
export async function* readArchive(bytes: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Part> {
  const reader = createReader(bytes, name)
  try {
    yield* partsOf(reader, name)
  } finally {
    await reader.close()
  }
}

async function* partsOf(reader: Reader, name: string): AsyncGenerator<Part> {
  for (;;) {
    const head = parseHead(await reader.frame(), name)
    if ('end' in head) break
    let open = true
    const pieces = (async function* () {
      while (open) {
        const piece = await reader.frame()
        open = piece.length > 0
        if (open) yield piece
      }
    })()
    yield { ...head, bytes: pieces }
    // What the reader of this part left is passed over.
    while (open) open = (await reader.frame()).length > 0
  }
  if (!(await reader.atEnd())) throw damaged(name, 'something follows its end')
}

function* framed(body: Uint8Array): Generator<Uint8Array> {
  const head = Buffer.allocUnsafe(4)
  head.writeUInt32BE(body.length)
  yield head
  if (body.length > 0) yield body
}

/** Small pieces together, large ones apart. */
async function* gathered(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = []
  let size = 0
  for await (const chunk of bytes) {
    if (chunk.length === 0) continue
    if (size + chunk.length > PIECE && size > 0) {
      yield Buffer.concat(held)
      held = []
      size = 0
    }
    if (chunk.length >= PIECE) yield* cut(chunk)
    else {
      held.push(chunk)
      size += chunk.length
    }
  }
  if (size > 0) yield Buffer.concat(held)
}

function* cut(chunk: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < chunk.length; at += PIECE) yield chunk.subarray(at, at + PIECE)
}

function parseHead(text: Uint8Array, name: string): z.infer<typeof Head> {
  try {
    return Head.parse(JSON.parse(Buffer.from(text).toString()))
  } catch {
    throw damaged(name, 'a part of it has no heading')
  }
}

type Reader = ReturnType<typeof createReader>

function createReader(bytes: AsyncIterable<Uint8Array>, name: string) {
  const source = bytes[Symbol.asyncIterator]()
  let held: Uint8Array[] = []
  let size = 0

  async function more(): Promise<boolean> {
    const { done, value } = await source.next()
    if (done) return false
    held.push(value)
    size += value.length
    return true
  }

  /** What is held is put together once for each piece, not once for each chunk of it. */
  async function take(wanted: number): Promise<Buffer> {
    while (size < wanted) if (!(await more())) throw damaged(name, 'it ends too early')
    const [first] = held
    const all =
      held.length === 1 && first
        ? Buffer.from(first.buffer, first.byteOffset, first.byteLength)
        : Buffer.concat(held)
    held = all.length > wanted ? [all.subarray(wanted)] : []
    size -= wanted
    return all.subarray(0, wanted)
  }

  return {
    async frame(): Promise<Buffer> {
      const size = (await take(4)).readUInt32BE(0)
      if (size > LONGEST) throw damaged(name, 'a part of it has no length')
      return take(size)
    },
    async atEnd(): Promise<boolean> {
      return size === 0 && !(await more())
    },
    /** Lets go of the bytes, wherever the reading was given up. */
    async close(): Promise<void> {
      await source.return?.()
    },
  }
}
