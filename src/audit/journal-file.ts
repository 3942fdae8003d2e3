import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { HelixError } from '../errors.ts'
import type { Head } from './append.ts'
import type { AuditEntry } from './entry.ts'
import { parseEntry } from './entry-shape.ts'
import { NO_HASH } from './hash.ts'
import { closedIntent, isIntent } from './kinds.ts'

/** More than the longest line, so that the last whole one is always in it; mostly hundreds of them. */
const TAIL_BYTES = 262_144

/** Where a journal ends, and what a crash left after that. */
export interface JournalEnd extends Head {
  /** Bytes of whole lines. */
  bytes: number
  /** Bytes after the last line feed: an entry that was never acknowledged. */
  tornBytes: number
  /** Acts among the last entries that no entry closes. */
  open: AuditEntry[]
}

/** Opens the journal for reading and writing, made (0600, durable by name) where there was none. */
export async function openJournalFile(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  if ((await file.stat()).size === 0 && process.platform !== 'win32') await syncDirectory(dirname(path))
  return file
}

/**
 * Reads where the journal ends; an empty one gets the id of a new log.
 * @throws HelixError `audit_unavailable` when its last whole line is no entry.
 */
export async function readJournalEnd(file: FileHandle, path: string): Promise<JournalEnd> {
  const { size } = await file.stat()
  const tail = Buffer.alloc(Math.min(size, TAIL_BYTES))
  await file.read(tail, 0, tail.length, size - tail.length)
  const lineFeed = tail.lastIndexOf('\n')
  if (lineFeed === -1 && size <= TAIL_BYTES) {
    const log = `journal/${randomBytes(16).toString('hex')}`
    return { log, seq: 0, hash: NO_HASH, bytes: 0, tornBytes: size, open: [] }
  }
  const start = lineFeed < 1 ? 0 : tail.lastIndexOf('\n', lineFeed - 1) + 1
  const last = parseEntry(tail.toString('utf8', start, Math.max(lineFeed, 0)))
  if (last === undefined) throw damaged(path)
  const tornBytes = tail.length - lineFeed - 1
  const open = openIn(tail.toString('utf8', 0, lineFeed))
  return { log: last.log, seq: last.seq, hash: last.hash, bytes: size - tornBytes, tornBytes, open }
}

/** The first line may be cut, and is no entry then. */
function openIn(text: string): AuditEntry[] {
  const open = new Map<number, AuditEntry>()
  for (const entry of text.split('\n').map(parseEntry)) {
    if (entry === undefined) continue
    open.delete(closedIntent(entry.data) ?? 0)
    if (isIntent(entry.kind)) open.set(entry.seq, entry)
  }
  return [...open.values()]
}

/** Writes whole lines at `position`, cuts off what followed, and returns once the disk has it. */
export async function writeDurably(file: FileHandle, text: string, position: number): Promise<void> {
  const bytes = Buffer.from(text)
  await file.truncate(position)
  await file.write(bytes, 0, bytes.length, position)
  await file.sync()
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path)
  await directory.sync()
  await directory.close()
}

function damaged(path: string): HelixError {
  return new HelixError('audit_unavailable', `The last line of ${path} is not an entry of its log`, {
    hint: `Keep the file as evidence: move ${path} elsewhere and run the command again.`,
    details: { path },
  })
}
