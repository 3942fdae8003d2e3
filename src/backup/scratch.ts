import { rmSync } from 'node:fs'
import { mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive } from '../client/node/alive.ts'
import { makePrivateFolder } from '../private-folder.ts'
import { pidNamespace } from './pid-namespace.ts'

/** A folder in the data directory, for as long as something is under way. */
export interface Scratch {
  folder: string
  remove(): Promise<void>
}

/** Names say whose they are, so that what a killed process left can be told from what another works with. */
const NAME = /^(?:drill|backup-spool)-(\d+)-(?:([0-9a-f]{8})-)?\w{6}$/
/** How often whoever works with a folder says so, and after how long without a word nobody does, in ms. */
const BEAT_MS = 60_000
const SILENT_MS = 3_600_000

/**
 * Makes one. It goes with this process, however that is asked to end; what killed ones left of theirs, a restored
 * database even, is removed first.
 */
export async function makeScratch(dataDir: string, kind: 'drill' | 'backup-spool'): Promise<Scratch> {
  makePrivateFolder(dataDir)
  await sweepScratch(dataDir)
  const folder = await mkdtemp(join(dataDir, `${kind}-${process.pid}-${pidNamespace()}-`))
  // Whoever is stopped a second time waits for nobody, and must not leave a restored database all the same.
  const removeAtOnce = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  process.once('exit', removeAtOnce)
  const beat = setInterval(() => utimes(folder, new Date(), new Date()).catch(() => {}), BEAT_MS).unref()
  const remove = () => {
    clearInterval(beat)
    return removeFolder(folder).finally(() => process.off('exit', removeAtOnce))
  }
  return { folder, remove }
}

/** Removes the folders of processes that are gone. */
export async function sweepScratch(dataDir: string): Promise<void> {
  const names = await readdir(dataDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  for (const name of names) {
    const [, pid, where] = NAME.exec(name) ?? []
    const folder = join(dataDir, name)
    if (pid !== undefined && (await isLeft(folder, Number(pid), where))) await removeFolder(folder)
  }
}

/**
 * A number tells of a process only where it was given. Whoever works in another container, or on another machine that
 * shares the folder, is taken for gone once nothing was heard of it for long.
 */
async function isLeft(folder: string, pid: number, where: string | undefined): Promise<boolean> {
  if (where !== pidNamespace()) return isOlderThan(folder, Date.now() - SILENT_MS)
  // What is older than this process is of another of the same number.
  return pid === process.pid ? isOlderThan(folder, performance.timeOrigin) : !isAlive(pid)
}

async function isOlderThan(folder: string, at: number): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined)
  return found !== undefined && found.mtimeMs < at
}

function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true })
}
