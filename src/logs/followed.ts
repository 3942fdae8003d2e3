import { watch } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type LineFile, lookAt, openLines } from './line-file.ts'

/** How often a file is looked at whose changes nobody tells of, in ms. */
const LOOK_MS = 1_000

/** The files of a log that are there, oldest first: what was moved aside (`.1` is newer than `.2`), then the log itself. */
export async function filesOf(path: string): Promise<string[]> {
  const names = await readdir(dirname(path)).catch(() => [])
  const own = basename(path)
  const aside = names
    .filter((one) => one.startsWith(`${own}.`) && /^\d+$/.test(one.slice(own.length + 1)))
    .sort((one, other) => Number(other.slice(own.length + 1)) - Number(one.slice(own.length + 1)))
  return [...aside, ...names.filter((one) => one === own)].map((one) => join(dirname(path), one))
}

/**
 * The lines of a log from its first file on that was written to after `since`, and what comes, each once it is whole and
 * some at a time; none is lost when a file is moved aside. A log that is not there yet is waited for. Ends with `signal`.
 */
export async function* followedLines(
  path: string,
  since: Date,
  signal: AbortSignal,
): AsyncGenerator<readonly string[], void> {
  let file: LineFile | undefined
  let next: LineFile | undefined
  try {
    while (!signal.aborted) {
      // Looked for before the last one is read to its end: nobody writes to that once there is another.
      next = await fileAfter(file, path, since)
      // What an emptied file has now is read from its beginning, once.
      if (file && file.id !== next?.id) yield* file.lines()
      if (!next) {
        await changed(path, signal)
        continue
      }
      if (file) yield file.rest()
      await file?.close()
      file = next
      next = undefined
    }
  } finally {
    await file?.close()
    await next?.close()
  }
}

/** The file to be read after another one, which may be the same once it was emptied. Undefined while there is none. */
async function fileAfter(
  file: LineFile | undefined,
  path: string,
  since: Date,
): Promise<LineFile | undefined> {
  const now = await lookAt(path)
  if (file && now?.id === file.id) return now.size < file.place ? openLines(path) : undefined
  const paths = await filesOf(path)
  const found = await Promise.all(paths.map(lookAt))
  const done = found.findLastIndex((one) => one && (file ? one.id === file.id : one.changed < since))
  const opened = await openLines(paths[done + 1] ?? path)
  const meant = found[done + 1]
  if (!opened || !meant || opened.id === meant.id) return opened
  // All were moved on by one meanwhile: the name is that of a newer one. It is looked for again.
  await opened.close()
  return undefined
}

/** Resolves when something happened to the file, or a second has passed. */
function changed(path: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const finish = () => {
      clearTimeout(timer)
      watcher?.close()
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, LOOK_MS)
    signal.addEventListener('abort', finish)
    const watcher = watching(path, finish)
  })
}

function watching(path: string, onChange: () => void) {
  try {
    return watch(path, onChange).on('error', onChange)
  } catch {
    return undefined
  }
}
