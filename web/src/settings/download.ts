/** A document that ended before its last member: what came of it is not kept. */
export class DocumentCutOff extends Error {
  override readonly name = 'DocumentCutOff'
}

/** The last member of an export; without it the document was cut off. */
const LAST = '"complete":true}'

/** Where what comes is kept until it is whole. */
interface Store {
  write(chunk: Uint8Array<ArrayBuffer>): Promise<void>
  /** The whole, to be saved under a name; `done` frees what it took. */
  finish(): Promise<{ file: Blob; done: () => Promise<void> }>
  drop(): Promise<void>
}

/**
 * Saves a document as the browser's own download once it is whole, and resolves to its size. It goes to the disk as it
 * comes, where the browser lets a page do that, so that its size does not matter.
 * @throws DocumentCutOff
 */
export async function download(
  answer: Response,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<number> {
  const name = fileNameOf(answer)
  const store = await openStore(name).catch(memoryStore)
  try {
    const { size, tail } = await pour(answer, store, onBytes, signal)
    if (!tail.trimEnd().endsWith(LAST)) throw new DocumentCutOff(`The document ended after ${size} bytes`)
    const { file, done } = await store.finish()
    save(file, name)
    // The browser reads the file after this; a minute is more than it takes to begin.
    setTimeout(() => void done().catch(() => {}), 60_000)
    return size
  } catch (error) {
    await store.drop().catch(() => {})
    throw error
  }
}

async function pour(
  { body }: Response,
  store: Store,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<{ size: number; tail: string }> {
  if (!body) throw new DocumentCutOff('The answer has no body')
  const decoder = new TextDecoder()
  let [size, tail] = [0, '']
  for await (const chunk of body) {
    signal.throwIfAborted()
    await store.write(chunk)
    size += chunk.length
    tail = (tail + decoder.decode(chunk, { stream: true })).slice(-2 * LAST.length)
    onBytes(size)
  }
  return { size, tail }
}

/** A file of this origin's own storage. @throws where the browser has none for pages, or has no room */
async function openStore(name: string): Promise<Store> {
  const folder = await navigator.storage.getDirectory()
  const handle = await folder.getFileHandle(name, { create: true })
  const writable = await handle.createWritable()
  const remove = () => folder.removeEntry(name)
  return {
    write: (chunk) => writable.write(chunk),
    async finish() {
      await writable.close()
      return { file: await handle.getFile(), done: remove }
    },
    async drop() {
      await writable.abort()
      await remove()
    },
  }
}

function memoryStore(): Store {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  return {
    write: async (chunk) => void chunks.push(chunk),
    finish: async () => ({ file: new Blob(chunks, { type: 'application/json' }), done: async () => {} }),
    drop: async () => {},
  }
}

function save(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

function fileNameOf({ headers }: Response): string {
  const named = /filename="?([\w.-]+)"?/.exec(headers.get('content-disposition') ?? '')?.[1]
  return named ?? `helix-export-${new Date().toISOString().slice(0, 10)}.json`
}
