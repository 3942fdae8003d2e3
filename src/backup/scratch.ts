import { rmSync } from 'node:fs'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive } from '../client/node/alive.ts'
import { makePrivateFolder } from '../private-folder.ts'

/** A folder in the data directory, for as long as something is under way. */
export interface Scratch {
  folder: string
  remove(): Promise<void>
}

/** Names say whose they are, so that what a killed process left can be told from what another works with. */
const NAME = /^(?:drill|backup-spool)-(\d+)-\w{6}$/

/**
 * Makes one. It goes with this process, however that is asked to end; what killed ones left of theirs, a restored
 * database even, is removed first.
 */
export async function makeScratch(dataDir: string, kind: 'drill' | 'backup-spool'): Promise<Scratch> {
  makePrivateFolder(dataDir)
  await sweepScratch(dataDir)
  const folder = await mkdtemp(join(dataDir, `${kind}-${process.pid}-`))
  // Whoever is stopped a second time waits for nobody, and must not leave a restored database all the same.
  const removeAtOnce = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  process.once('exit', removeAtOnce)
  const remove = () => removeFolder(folder).finally(() => process.off('exit', removeAtOnce))
  return { folder, remove }
}

/** Removes the folders of processes that are gone. */
export async function sweepScratch(dataDir: string): Promise<void> {
  const names = await readdir(dataDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  for (const name of names) {
    const pid = NAME.exec(name)?.[1]
    const folder = join(dataDir, name)
    if (pid !== undefined && (await isLeft(folder, Number(pid)))) await removeFolder(folder)
  }
}

/** In a container every process may have the same number: what is older than this one is of another. */
async function isLeft(folder: string, pid: number): Promise<boolean> {
  if (pid !== process.pid) return !isAlive(pid)
  const found = await stat(folder).catch(() => undefined)
  return found !== undefined && found.mtimeMs < performance.timeOrigin
}

function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true })
}
