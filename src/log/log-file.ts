import { appendFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makePrivateFolder } from '../private-folder.ts'

/** Where a gateway on a data directory keeps its log. */
export function logPath({ dataDir }: { dataDir: string }): string {
  return join(dataDir, 'logs', 'gateway.log')
}

interface LogFileOptions {
  path: string
  /** A file that would become longer is moved aside first, in bytes. */
  mostBytes?: number
  /** So many of those are kept. */
  kept?: number
}

/** Lines that wait for a slow disk, in characters; what is more is dropped. */
const MOST_WAITING = 4 * 1024 * 1024

/** A log kept in files of bounded size, for its owner alone. A disk that takes nothing loses lines and stops nobody. */
export function openLogFile({ path, mostBytes = 10 * 1024 * 1024, kept = 3 }: LogFileOptions) {
  let waiting = ''
  let size: number | undefined
  let writing: Promise<void> | undefined

  async function flush(): Promise<void> {
    makePrivateFolder(dirname(path))
    while (waiting !== '') {
      const text = waiting
      waiting = ''
      size ??= await stat(path).then(
        (found) => found.size,
        () => 0,
      )
      if (size > 0 && size + text.length > mostBytes) {
        await moveAside(path, kept)
        size = 0
      }
      await appendFile(path, text, { mode: 0o600 })
      size += Buffer.byteLength(text)
    }
  }

  return {
    /** Takes one line, its line break included. */
    write(line: string): void {
      if (waiting.length + line.length <= MOST_WAITING) waiting += line
      writing ??= flush()
        .catch(() => {
          size = undefined
        })
        .finally(() => {
          writing = undefined
        })
    },
    /** Resolves once what was taken is written. */
    async close(): Promise<void> {
      await writing
    },
  }
}

async function moveAside(path: string, kept: number): Promise<void> {
  await rm(`${path}.${kept}`, { force: true })
  for (let nth = kept - 1; nth >= 1; nth -= 1)
    await rename(`${path}.${nth}`, `${path}.${nth + 1}`).catch(() => {})
  await rename(path, `${path}.1`)
}
