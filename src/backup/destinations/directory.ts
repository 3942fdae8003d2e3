import { createReadStream } from 'node:fs'
import { open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { HelixError } from '../../errors.ts'
import { makePrivateFolder } from '../../private-folder.ts'
import { type Destination, fileNotFound, fileUnreadable, type StoredFile } from './destination.ts'

/** A folder of this machine. A file is written under another name, forced to disk and then renamed. */
export function directoryDestination(folder: string): Destination {
  return {
    name: folder,
    remote: false,
    async list() {
      const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return []
        throw error
      })
      const files = await Promise.all(names.map((name) => storedFile(folder, name)))
      return files.flat()
    },
    async put(name, bytes) {
      makePrivateFolder(folder)
      const draft = join(folder, `${name}.part`)
      try {
        await writeForced(draft, bytes)
        await rename(draft, join(folder, name))
        await forceFolder(folder)
      } catch (cause) {
        await rm(draft, { force: true })
        throw cause instanceof HelixError ? cause : unwritten(join(folder, name), cause)
      }
    },
    async *get(name) {
      try {
        for await (const chunk of createReadStream(join(folder, name), { highWaterMark: 256 * 1024 }))
          yield chunk
      } catch (error) {
        throw unread(folder, name, error)
      }
    },
    async remove(name) {
      await rm(join(folder, name), { force: true })
      await forceFolder(folder)
    },
    async close() {},
  }
}

async function storedFile(folder: string, name: string): Promise<StoredFile[]> {
  const found = await stat(join(folder, name)).catch((error: NodeJS.ErrnoException) => error)
  // What cannot be looked at is there all the same: without its manifest an archive would be taken for a leftover.
  if (found instanceof Error) return found.code === 'ENOENT' ? [] : [{ name, bytes: 0 }]
  return found.isFile() ? [{ name, bytes: found.size }] : []
}

async function writeForced(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    for await (const chunk of bytes) await writeWhole(file, chunk)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function writeWhole(file: Awaited<ReturnType<typeof open>>, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) done += (await file.write(chunk, done)).bytesWritten
}

/** The name of a new file is durable only once its folder is; Windows has no such call. */
async function forceFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path)
  await folder.sync().finally(() => folder.close())
}

function unread(folder: string, name: string, cause: unknown): unknown {
  const { code } = cause as NodeJS.ErrnoException
  if (code === undefined || cause instanceof HelixError) return cause
  if (code === 'ENOENT') return fileNotFound(folder, name)
  return fileUnreadable(folder, {
    ...{ file: name, why: code, cause },
    hint: `Look at the disk and at who may read it: ls -l ${join(folder, name)}. This says nothing of what is in it.`,
  })
}

function unwritten(path: string, cause: unknown): unknown {
  const { code } = cause as NodeJS.ErrnoException
  if (code === undefined || !['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'EPERM', 'EIO'].includes(code))
    return cause
  const why = code === 'ENOSPC' || code === 'EDQUOT' ? 'the disk is full' : `it may not be written (${code})`
  return new HelixError('backup_failed', `Cannot write ${path}: ${why}`, {
    hint: 'Make room, or choose another place: --to <place>.',
    details: { path, code },
    cause,
  })
}
