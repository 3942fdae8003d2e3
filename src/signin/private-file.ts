import { randomBytes } from 'node:crypto'
import { link, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makePrivateFolder } from '../private-folder.ts'

/**
 * Creates `path` (0600, its directory 0700) with `content`, whole and synced; leaves a file that is already there
 * as it is, also one that another process creates at the same moment.
 */
export async function createPrivateFile(path: string, content: string): Promise<void> {
  await placePrivateFile(path, content, async (draft) => {
    try {
      await link(draft, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  })
}

/** Writes `path` (0600, its directory 0700) with `content`, whole and synced, over whatever was there. */
export async function replacePrivateFile(path: string, content: string): Promise<void> {
  await placePrivateFile(path, content, (draft) => rename(draft, path))
}

async function placePrivateFile(
  path: string,
  content: string,
  place: (draft: string) => Promise<void>,
): Promise<void> {
  makePrivateFolder(dirname(path))
  const draft = `${path}.${randomBytes(8).toString('hex')}.draft`
  try {
    await writeSynced(draft, content)
    await place(draft)
  } finally {
    await rm(draft, { force: true })
  }
  await syncDirectory(dirname(path))
}

async function writeSynced(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** The name of a new file is durable only once its directory is; Windows has no such call. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(path)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
