import { randomBytes } from 'node:crypto'
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makePrivateFolder } from '../private-folder.ts'

/**
 * Creates `path` (0600 unless told, its directory 0700) with `content`, whole and synced; leaves a file that is already there
 * as it is, also one that another process creates at the same moment.
 */
export async function createPrivateFile(path: string, content: string, mode = 0o600): Promise<void> {
  await placePrivateFile(path, content, mode, async (draft) => {
    try {
      await link(draft, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  })
}

/** Writes `path` (0600 unless told, its directory 0700) with `content`, whole and synced, over whatever was there. */
export async function replacePrivateFile(path: string, content: string, mode = 0o600): Promise<void> {
  await placePrivateFile(path, content, mode, (draft) => rename(draft, path))
}

/** The same, written piece by piece: the file appears, or is replaced, when `write` resolves. */
export async function streamPrivateFile<T>(
  path: string,
  write: (append: (text: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  return placeDraft(
    path,
    0o600,
    (file) => write((text) => file.appendFile(text)),
    (draft) => rename(draft, path),
  )
}

function placePrivateFile(
  path: string,
  content: string,
  mode: number,
  place: (draft: string) => Promise<void>,
): Promise<void> {
  return placeDraft(path, mode, (file) => file.writeFile(content), place)
}

async function placeDraft<T>(
  path: string,
  mode: number,
  write: (file: FileHandle) => Promise<T>,
  place: (draft: string) => Promise<void>,
): Promise<T> {
  makePrivateFolder(dirname(path))
  const draft = `${path}.${randomBytes(8).toString('hex')}.draft`
  try {
    const result = await writeSynced(draft, mode, write)
    await place(draft)
    await syncDirectory(dirname(path))
    return result
  } finally {
    await rm(draft, { force: true })
  }
}

async function writeSynced<T>(
  path: string,
  mode: number,
  write: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const file = await open(path, 'wx', mode)
  try {
    const result = await write(file)
    await file.sync()
    return result
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
