import { z } from 'zod'
import { HelixError } from '../errors.ts'
import { type Host, runOn } from '../shell/host.ts'
import { script } from '../shell/script.ts'
import type { Lockable } from './hold.ts'
import type { ReleaseLock } from './lock.ts'
import { merged } from './merged.ts'
import { STEPS } from './steps.ts'
import { change } from './vps/place.ts'

/** One line of the journal of releases: written before and after each step, so that any machine can go on. */
export const JournalRecord = z.object({
  at: z.iso.datetime(),
  /** What it is brought to, as one types it after `helix deploy`. */
  target: z.string().default('gateway'),
  release: z.string(),
  /** What the release replaces; null for the first. */
  previous: z.string().nullable(),
  step: z.enum(STEPS),
  event: z.enum(['begin', 'done', 'failed', 'undo', 'undone', 'undo_failed']),
  by: z.string(),
  token: z.number().int(),
  note: z.string().optional(),
  /** What machines served instead of `previous` when the release was gone back to. */
  served: z.record(z.string(), z.string().nullable()).optional(),
})
export type JournalRecord = z.input<typeof JournalRecord>

/** A line as it is read; those from before there were targets tell of the gateway. */
export type ReadRecord = z.output<typeof JournalRecord>

/** Where releases of one target are written down, oldest first. */
export interface ReleaseJournal {
  /** Resolves once the record is on the disk. */
  append(record: JournalRecord): Promise<void>
  read(): Promise<ReadRecord[]>
}

/** Removes a last line that a crash cut short, which the next would otherwise be joined to. */
const APPEND = `
mkdir -p "$1" && cd "$1"
if [ -s releases.jsonl ] && [ -n "$(tail -c 1 releases.jsonl)" ]; then sed -i '$d' releases.jsonl; fi
cat >> releases.jsonl && sync releases.jsonl`

/**
 * The journal on a host, beside the releases it tells of.
 * @param lock where given, nothing is written once it is no longer ours
 */
export function hostJournal(host: Host, folder: string, lock?: ReleaseLock): ReleaseJournal {
  return {
    async append(record) {
      const act = script(APPEND, folder)
      const options = { input: `${JSON.stringify(record)}\n` }
      const what = 'write the journal of releases'
      if (lock) await change({ host, lock }, what, act, options)
      else await runOn(host, what, act, options)
    },
    async read() {
      const text = await runOn(
        host,
        'read the journal of releases',
        script('[ ! -f "$1/releases.jsonl" ] || tail -n 5000 "$1/releases.jsonl"', folder),
      )
      return parse(text, `${host.name}:${folder}/releases.jsonl`)
    },
  }
}

/**
 * One journal kept on several machines, so that it outlives each of them. What one of them holds is written, and what any
 * of them holds is read, since one that was away has missed something.
 */
export function journalOnAll(places: readonly (Lockable & { lock?: ReleaseLock })[]): ReleaseJournal {
  const journals = places.map(({ host, folder, lock }) => hostJournal(host, folder, lock))
  return {
    async append(record) {
      await anyOf(journals.map((journal) => journal.append(record)))
    },
    async read() {
      return merged(await anyOf(journals.map((journal) => journal.read())))
    },
  }
}

/**
 * What came of those that succeeded: a machine that is cut off, and whose lock is lost with that, keeps the others from
 * nothing. @throws the first failure when none did
 */
async function anyOf<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(promises)
  const done = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const [first] = settled
  if (done.length === 0 && first?.status === 'rejected') throw first.reason
  return done
}

/** A last line that a crash cut short never began anything; any other that cannot be read is damage. */
function parse(text: string, where: string): ReadRecord[] {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.flatMap((line, place) => {
    const record = JournalRecord.safeParse(jsonOf(line))
    if (record.success) return [record.data]
    if (place === lines.length - 1 && !text.endsWith('\n')) return []
    throw new HelixError('precondition_failed', `Line ${place + 1} of ${where} cannot be read`, {
      hint: 'Keep the file, look at the line, and remove it once you know what it was.',
    })
  })
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
