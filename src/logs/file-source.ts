import { HelixError } from '../errors.ts'
import { filesOf, followedLines } from './followed.ts'
import { lookAt, openLines } from './line-file.ts'
import { recordReader } from './record.ts'
import type { LogSource } from './source.ts'

/** The log that `helix up` keeps in a file, and what was moved aside of it. */
export function fileSource(path: string, name: string): LogSource {
  return {
    name,
    async *read(since, signal) {
      const recordOf = recordReader(name)
      for (const file of await writtenSince(path, since)) {
        for await (const lines of linesOf(file))
          for (const text of lines) {
            if (signal.aborted) return
            const found = recordOf({ text })
            if (found) yield found
          }
      }
    },
    async *follow(since, signal) {
      const from = since.toISOString()
      const recordOf = recordReader(name, true)
      for await (const lines of followedLines(path, since, signal))
        for (const text of lines) {
          if (signal.aborted) return
          const found = recordOf({ text })
          if (found && found.at >= from) yield found
        }
    },
  }
}

/** Oldest first, without what was last written before `since`. @throws HelixError `not_found` when there is none */
async function writtenSince(path: string, since: Date | undefined): Promise<string[]> {
  const all = await filesOf(path)
  if (all.length === 0)
    throw new HelixError('not_found', `There is no log at ${path}`, {
      hint: '`helix up` keeps one there; for the machines of a deploy name their environment: --env production.',
      next: ['helix up', 'helix logs --env production'],
    })
  const found = await Promise.all(all.map(lookAt))
  return all.filter((_, nth) => since === undefined || (found[nth]?.changed ?? since) >= since)
}

async function* linesOf(path: string): AsyncGenerator<readonly string[], void> {
  const file = await openLines(path)
  if (!file) return
  try {
    yield* file.lines()
    yield file.rest()
  } finally {
    await file.close()
  }
}
