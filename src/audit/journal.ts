import { createReadStream, existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { isAlive } from '../client/node/alive.ts'
import { withFileLock } from '../client/node/file-lock.ts'
import type { Database, Queryable } from '../db/database.ts'
import { HelixError } from '../errors.ts'
import { makePrivateFolder } from '../private-folder.ts'
import { appendEntries, auditHead, type Head, readLogId } from './append.ts'
import { type Audit, auditOver } from './audit.ts'
import type { AuditEntry, NewEntry } from './entry.ts'
import { exportLine } from './export.ts'
import { bodyText, sha256Hex } from './hash.ts'
import { openJournalFile, readJournalEnd, writeDurably } from './journal-file.ts'
import { readLines } from './lines.ts'
import { interruption } from './open-intents.ts'
import type { EntryPlace } from './place.ts'
import { readAdoption, type Verification, type VerifyOptions, verifyEntries } from './verify.ts'

/** The writer of the journal at `path`: for acts that have no database at hand. Made at the first act. */
export function createJournal(path: string): Audit {
  return auditOver(journalPlace(path))
}

function journalPlace(path: string): EntryPlace {
  const append = (entry: NewEntry) => appendToJournal(path, entry)
  return {
    append,
    begin: ({ data, ...entry }) => append({ ...entry, data: { ...data, pid: process.pid } }),
    // Whether the process lives says whether its act is under way.
    renew: async () => {},
    end: (_seq, entry) => append(entry),
  }
}

/**
 * Appends one entry to the journal's own chain and resolves to its seq once the disk has it. What a crash left
 * half written is cut off first, and an entry says so; what processes that are gone left open is closed.
 * @throws HelixError `lock_held` when another process keeps the journal, `audit_unavailable` when it is damaged.
 */
export async function appendToJournal(path: string, entry: NewEntry): Promise<number> {
  makePrivateFolder(dirname(path))
  return extend(path, entry.actor, [entry])
}

/** Puts the journal in order: cuts off what a crash left half written, closes what processes left open. */
async function tidyJournal(path: string, actor: string): Promise<void> {
  if (existsSync(path)) await extend(path, actor, [])
}

function extend(path: string, actor: string, more: readonly NewEntry[]): Promise<number> {
  return withFileLock(path, async () => {
    const file = await openJournalFile(path)
    try {
      const end = await readJournalEnd(file, path)
      const lost = end.open.filter(({ data }) => !isAlive(Number(data.pid)))
      const entries = [
        ...(end.tornBytes === 0 ? [] : [repair(actor, end.tornBytes)]),
        ...lost.map((intent) => interruption(intent, actor)),
        ...more,
      ]
      if (entries.length === 0) return end.seq
      await writeDurably(file, link(end, entries, new Date()).join(''), end.bytes)
      return end.seq + entries.length
    } finally {
      await file.close()
    }
  })
}

/** Verifies the journal at `path`, against the end a log adopted if one is given; undefined without a journal. */
export async function verifyJournal(
  path: string,
  options: Omit<VerifyOptions, 'mayBeTorn'> = {},
): Promise<Verification | undefined> {
  if (!existsSync(path)) return undefined
  return verifyEntries(readLines(createReadStream(path)), { ...options, mayBeTorn: true })
}

/**
 * Binds what the journal at `path` has gained into the database's log: one `journal.adopt` entry with its log id,
 * size and head. Resolves to what was adopted, undefined when there was nothing new.
 * @throws HelixError `findings` when the journal is not what was adopted before, or no longer one history.
 */
export function adoptJournal(
  db: Database,
  path: string,
  { actor = 'helix:journal' }: { actor?: string } = {},
): Promise<Head | undefined> {
  if (!existsSync(path)) return Promise.resolve(undefined)
  return db.lock('helix.audit.journal', async () => {
    // What is wrong beyond that is found right below.
    await tidyJournal(path, actor).catch(() => {})
    const seen = await verifyJournal(path)
    if (seen === undefined || seen.end.log === '') return undefined
    const before = await lastAdoption(db, seen.end.log)
    const checked = before === undefined ? seen : await verifyJournal(path, { head: before })
    const wrong = checked?.findings.find(({ kind }) => kind !== 'open_intent')
    if (wrong !== undefined) throw tampered(path, wrong.message, { ...wrong })
    if (before !== undefined && before.seq >= seen.end.seq) return undefined
    const { log, seq: size, hash: head } = seen.end
    const adoption: NewEntry = {
      channel: 'hash-chain',
      kind: 'journal.adopt',
      actor,
      data: { log, size, head },
    }
    await appendEntries(db, [auditHead(await readLogId(db), adoption, new Date())])
    return seen.end
  })
}

/** What the database last adopted of the journal with this log id. */
export async function lastAdoption(q: Queryable, log: string): Promise<Head | undefined> {
  const [entry] = await q.query<Pick<AuditEntry, 'kind' | 'data'> & Record<string, unknown>>(
    `select kind, data from public.audit_entries where kind = 'journal.adopt' and data ->> 'log' = $1
     order by (data ->> 'size')::bigint desc limit 1`,
    [log],
  )
  return entry === undefined ? undefined : readAdoption(entry)
}

function repair(actor: string, tornBytes: number): NewEntry {
  return { channel: 'alerts', kind: 'journal.repair', actor, data: { cutBytes: tornBytes } }
}

function link(end: Head, entries: readonly NewEntry[], at: Date): string[] {
  let { hash, seq } = end
  return entries.map((entry) => {
    seq += 1
    const body = bodyText(auditHead(end.log, entry, at), hash, seq)
    hash = sha256Hex(body)
    return exportLine({ ...JSON.parse(body), hash })
  })
}

function tampered(path: string, message: string, details: Record<string, unknown>): HelixError {
  return new HelixError('findings', `The journal ${path} cannot be adopted: ${message}`, {
    hint: 'Run helix audit verify, keep the file as evidence and move it elsewhere.',
    next: ['helix audit verify'],
    details: { path, ...details },
  })
}
