import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive } from './alive.ts'

/** What a running `helix up` writes of itself to `<data dir>/run.json`. */
export interface RunFile {
  pid: number
  url: string
  /** Path of the private socket, where HTTP requests act as the owner. */
  socket: string
  databaseSocket: string | null
  release: string
  startedAt: string
}

/** The `helix up` that runs on a data directory; undefined when none does, also after one that was killed. */
export async function runningUp(dataDir: string): Promise<RunFile | undefined> {
  const run = await readRunFile(dataDir)
  return run && isAlive(run.pid) ? run : undefined
}

/** The run file of a data directory, whether or not its process still runs. */
export async function readRunFile(dataDir: string): Promise<RunFile | undefined> {
  try {
    return JSON.parse(await readFile(join(dataDir, 'run.json'), 'utf8')) as RunFile
  } catch {
    return undefined
  }
}
