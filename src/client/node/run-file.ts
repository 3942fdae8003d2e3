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
  const run = await readRunFile(join(dataDir, 'run.json'))
  return run && isAlive(run.pid) ? run : undefined
}

async function readRunFile(path: string): Promise<RunFile | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as RunFile
  } catch {
    return undefined
  }
}
