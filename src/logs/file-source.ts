import { createReadStream, watch } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { HelixError } from '../errors.ts'
import { type LogRecord, readRecord } from './record.ts'
import type { LogSource } from './source.ts'

/** How often a file is looked at whose changes nobody tells of, in ms. */
const LOOK_MS = 1_000

/** The log that `helix up` keeps in a file, and what was moved aside of it (`.1` is newer than `.2`). */
export function fileSource(path: string, name: string): LogSource {
  return {
    name,
    async *read(since, signal) {
      for (const file of await filesOf(path, since)) yield* recordsOf(file, name, signal)
    },
    async *follow(since, signal) {
      const from = since.toISOString()
      let place = 0
      let unfinished = ''
      while (!signal.aborted) {
        const size = await sizeOf(path)
        // Shorter than it was: the file was moved aside, and another begun.
        if (size < place) place = 0
        if (size > place) {
          const text = unfinished + (await textFrom(path, place, size))
          place = size
          const lines = text.split('\n')
          unfinished = lines.pop() ?? ''
          for (const line of lines) {
            const record = readRecord({ text: line }, name)
            if (record && record.at >= from) yield record
          }
        }
        await changed(path, signal)
      }
    },
  }
}

/** Oldest first, without what was last written before `since`. @throws HelixError `not_found` when there is none */
async function filesOf(path: string, since: Date | undefined): Promise<string[]> {
  const names = await readdir(dirname(path)).catch(() => [])
  const own = basename(path)
  const aside = names
    .filter((one) => one.startsWith(`${own}.`) && /^\d+$/.test(one.slice(own.length + 1)))
    .sort((one, other) => Number(other.slice(own.length + 1)) - Number(one.slice(own.length + 1)))
  const all = [...aside, ...names.filter((one) => one === own)].map((one) => join(dirname(path), one))
  if (all.length === 0)
    throw new HelixError('not_found', `There is no log at ${path}`, {
      hint: '`helix up` keeps one there; for the machines of a deploy name their environment: --env production.',
      next: ['helix up', 'helix logs --env production'],
    })
  const times = await Promise.all(all.map((file) => stat(file).then(({ mtime }) => mtime)))
  return all.filter((_, nth) => since === undefined || (times[nth] ?? since) >= since)
}

async function* recordsOf(file: string, name: string, signal: AbortSignal): AsyncGenerator<LogRecord, void> {
  const input = createReadStream(file, { encoding: 'utf8' })
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (signal.aborted) return
      const record = readRecord({ text }, name)
      if (record) yield record
    }
  } finally {
    input.destroy()
  }
}

async function textFrom(path: string, start: number, end: number): Promise<string> {
  const parts: string[] = []
  for await (const part of createReadStream(path, { start, end: end - 1, encoding: 'utf8' })) parts.push(part)
  return parts.join('')
}

function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}

/** Resolves when something happened to the file, or a second has passed. */
function changed(path: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
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
