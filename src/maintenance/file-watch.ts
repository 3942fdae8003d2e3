import { watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { makePrivateFolder } from '../private-folder.ts'

/**
 * Calls `onChange` when the file at `path` may be another, at once where the system tells, else within `pollMs`.
 * Answers the way to end it.
 */
export function watchFile(path: string, pollMs: number, onChange: () => void): () => void {
  let seen: string | undefined
  const look = async () => {
    const now = await identityOf(path)
    if (seen !== undefined && now !== seen) onChange()
    seen = now
  }
  void look()
  const timer = setInterval(() => void look(), pollMs)
  timer.unref()
  const stop = watchFolder(path, onChange)
  return () => {
    clearInterval(timer)
    stop()
  }
}

// The folder, since a file is replaced by renaming another onto it.
function watchFolder(path: string, onChange: () => void): () => void {
  try {
    makePrivateFolder(dirname(path))
    const watcher = watch(dirname(path), { persistent: false }, (_, name) => {
      if (name === null || name === basename(path)) onChange()
    })
    // What cannot be watched is looked at all the same.
    watcher.on('error', () => watcher.close())
    return () => watcher.close()
  } catch {
    return () => {}
  }
}

async function identityOf(path: string): Promise<string> {
  const seen = await stat(path, { bigint: true }).catch(() => undefined)
  return seen ? `${seen.ino} ${seen.size} ${seen.mtimeNs}` : ''
}
