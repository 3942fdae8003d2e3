import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Free space of the disk a folder is on, or will be on once it is there, in bytes. */
export async function freeSpaceOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(await nearestThatExists(folder))
  return bavail * bsize
}

async function nearestThatExists(path: string): Promise<string> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  )
  return exists || dirname(path) === path ? path : nearestThatExists(dirname(path))
}
