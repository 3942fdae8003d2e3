import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { withFileLock } from '../../client/node/file-lock.ts'
import { HelixError } from '../../errors.ts'
import { type Files, plainFiles } from '../../files.ts'
import { originOf, parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts'

/** What is remembered of one log: the newest checkpoint, and the keys (hex) that may sign the next one. */
export interface Seen {
  note: string
  keys: string[]
  /** Whether somebody named a key that these go back to; else the first one shown was trusted. */
  vouched?: boolean | undefined
}

const File = z.object({
  version: z.literal(1),
  origins: z.record(
    z.string(),
    z.object({ note: z.string(), keys: z.array(z.string()), vouched: z.boolean().optional() }),
  ),
})

/** The newest checkpoint of each log, in a file apart from the database: what lets nobody take entries back. */
export interface SeenFile {
  get(log: string): Seen | undefined
  put(log: string, seen: Seen): void
  drop(log: string): void
  /** Every log there is something of. */
  logs(): string[]
}

/** Where a machine remembers what it signed. */
export function memoryPath(dataDir: string): string {
  return join(dataDir, 'audit-seen.json')
}

/** Reads the file; empty where there is none. @throws HelixError `config_invalid` when it is something else. */
export async function readSeen(path: string): Promise<SeenFile> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return over(text === undefined ? new Map() : parse(path, text))
}

/**
 * Lets `work` read and change the file, alone among all processes; writes it, whole, when `work` resolves. What a gateway
 * remembers of its log is part of that log, so nothing is written down unless told.
 */
export function changeSeen<T>(
  path: string,
  work: (seen: SeenFile) => Promise<T> | T,
  files: Pick<Files, 'replace'> = plainFiles,
): Promise<T> {
  return withFileLock(path, async () => {
    const text = await readFile(path, 'utf8').catch(() => undefined)
    const origins = text === undefined ? new Map<string, Seen>() : parse(path, text)
    const result = await work(over(origins))
    const next = `${JSON.stringify({ version: 1, origins: Object.fromEntries(origins) }, null, 2)}\n`
    if (next !== text) await files.replace(path, next)
    return result
  })
}

/** The checkpoint of what is remembered. @throws HelixError `config_invalid` when it is none of this log. */
export function seenCheckpoint(path: string, log: string, { note }: Seen): SignedCheckpoint {
  const checkpoint = parseCheckpoint(note)?.checkpoint
  if (checkpoint?.log !== log) throw notSeen(path)
  return checkpoint
}

function over(origins: Map<string, Seen>): SeenFile {
  return {
    get: (log) => origins.get(originOf(log)),
    drop: (log) => void origins.delete(originOf(log)),
    put: (log, seen) => void origins.set(originOf(log), seen),
    logs: () => [...origins.keys()].map((origin) => origin.replace(/^helix\//, '')),
  }
}

function parse(path: string, text: string): Map<string, Seen> {
  try {
    return new Map(Object.entries(File.parse(JSON.parse(text)).origins))
  } catch {
    throw notSeen(path)
  }
}

function notSeen(path: string): HelixError {
  return new HelixError('config_invalid', `${path} does not hold checkpoints as Helix writes them`, {
    hint: 'Keep it as evidence under another name; a new one is made from what is there now.',
  })
}
