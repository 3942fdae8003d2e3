import { setTimeout as sleep } from 'node:timers/promises'
import { HelixError } from '../../errors.ts'
import type { SeenFile } from './messages.ts'

/** Longer than any file that Helix posts. */
const MOST_BYTES = 10 * 1024 * 1024
const PATIENCE_MS = 30_000
const MOST_TRIES = 5
const PAUSE_MS = 500
const LONGEST_WAIT_MS = 60_000
/** Where Discord keeps what is attached to messages. */
const HOSTS = new Set(['cdn.discordapp.com', 'media.discordapp.net'])

export interface FileSource {
  fetch: typeof fetch
  signal: AbortSignal
  /** Where the API is: one on this machine keeps its files there, too. */
  api: string
}

/** The bytes of an attachment; undefined where its address has run out, or the file is gone. */
export type ReadFile = (file: SeenFile) => Promise<Buffer | undefined>

/**
 * Makes what fetches attachments, from nowhere but where Discord keeps them, and without the bot's token.
 * @throws HelixError `discord_failed` when they cannot be had now
 */
export function createFileReader({ fetch, signal, api }: FileSource): ReadFile {
  return async function readFile({ url, filename }) {
    const address = URL.parse(url)
    if (!address || !isKept(address, api)) throw failed(filename, 'its address is not one of Discord’s')
    for (let tries = 1; ; tries += 1) {
      const got = await once(address)
      if (typeof got !== 'number') return got ?? undefined
      if (tries === MOST_TRIES || got > LONGEST_WAIT_MS) throw failed(filename, 'Discord did not give it')
      await sleep(got || PAUSE_MS * tries, undefined, { signal })
    }
  }

  /** Null where the file is not there; a number of ms to wait where it may be had later. */
  async function once(address: URL): Promise<Buffer | null | number> {
    const until = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
    try {
      const response = await fetch(address, { redirect: 'error', signal: until })
      if (response.ok) return await read(response)
      await response.body?.cancel()
      if ([403, 404, 410].includes(response.status)) return null
      return Number(response.headers.get('retry-after') ?? 0) * 1_000
    } catch {
      signal.throwIfAborted()
      return 0
    }
  }
}

async function read(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    // Helix posts nothing so long: whatever it is, it is not what was posted.
    if (bytes > MOST_BYTES) return Buffer.alloc(0)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function isKept({ protocol, hostname, origin, username }: URL, api: string): boolean {
  if (username !== '') return false
  return (protocol === 'https:' && HOSTS.has(hostname)) || origin === URL.parse(api)?.origin
}

function failed(filename: string, why: string): HelixError {
  return new HelixError(
    'discord_failed',
    `The file ${JSON.stringify(filename.slice(0, 100))} could not be read: ${why}`,
    {
      hint: 'See whether this machine reaches cdn.discordapp.com, then run it again.',
    },
  )
}
