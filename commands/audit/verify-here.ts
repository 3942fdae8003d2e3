import { createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Head, readHead } from '../../src/audit/append.ts'
import type { SignedCheckpoint } from '../../src/audit/checkpoints/checkpoint.ts'
import { memoryPath } from '../../src/audit/checkpoints/seen.ts'
import { knownTo } from '../../src/audit/checkpoints/witness.ts'
import { lastAdoption, verifyJournal } from '../../src/audit/journal.ts'
import { readLines } from '../../src/audit/lines.ts'
import { type Verification, verifyEntries } from '../../src/audit/verify.ts'
import { verifyDatabase } from '../../src/audit/verify-database.ts'
import { configHome } from '../../src/client/node/logins.ts'
import type { Database } from '../../src/db/database.ts'
import { HelixError } from '../../src/errors.ts'
import type { Context } from '../context.ts'
import { auditedDatabase } from './database.ts'

/** What to hold the log to beyond itself. */
export interface Given {
  graceMs: number
  witnessed: readonly SignedCheckpoint[]
  anchor: string | undefined
}

/** One chain that was looked at, and where it came from. */
export interface Checked extends Omit<Verification, 'adopted'> {
  source: string
  /** What else was seen, in words. */
  notes?: string[]
}

/** The log in the database, its checkpoints, and the journal beside it. */
export async function verifyHere(
  context: Context,
  { graceMs, witnessed, anchor }: Given,
): Promise<Checked[]> {
  const { dataDir } = await context.config()
  // What this machine remembers of what it signed is read first: nothing of it can then be missing below.
  const remembered = await knownTo(memoryPath(dataDir))
  const db = await auditedDatabase(context)
  const { log } = await readHead(db)
  const own = remembered.filter((each) => each.log === log)
  const chain = await verifyDatabase(db, { graceMs, anchor, witnessed, remembered: own })
  const checked: Checked[] = [{ source: 'The database', ...chain }]
  const journal = await verifyJournalOf(db, dataDir, { graceMs, of: 'project' })
  if (journal) checked.push({ source: 'The journal', ...journal })
  const personal = await verifyJournalOf(db, configHome(context.environment), { graceMs, of: 'person' })
  if (personal) checked.push({ source: 'The journal of your own settings', ...personal })
  return checked
}

/** The journal in a folder, up to what this database adopted of it; a person's own only where it did. */
async function verifyJournalOf(
  db: Database,
  folder: string,
  { graceMs, of }: { graceMs: number; of: 'project' | 'person' },
): Promise<Verification | undefined> {
  const path = join(folder, 'journal.jsonl')
  const seen = await verifyJournal(path, { graceMs })
  if (seen === undefined) return undefined
  const adopted: Head | undefined = await lastAdoption(db, seen.end.log)
  if (adopted === undefined) return of === 'project' ? seen : undefined
  return verifyJournal(path, { graceMs, head: adopted })
}

/** An exported log. */
export async function verifyFile(
  file: string,
  context: Context,
  { graceMs, witnessed, anchor }: Given,
): Promise<Checked> {
  const path = resolve(context.cwd, file)
  if (file !== '-') await access(path).catch((cause: unknown) => refuse(`${path} cannot be read`, cause))
  if (anchor !== undefined && witnessed.length === 0) {
    throw new HelixError('usage', 'An exported log holds no signatures for --key to check', {
      hint: 'Add --against witness <file>, or verify the database.',
    })
  }
  const bytes = file === '-' ? context.stdin : createReadStream(path)
  const vouchers = witnessed.length > 0 ? { witnessed, anchor } : undefined
  const verification = await verifyEntries(readLines(bytes), { graceMs, vouchers })
  const { entries, findings, torn } = verification
  if (entries === 0 && findings.length === 0 && !torn)
    refuse(`${file === '-' ? 'stdin' : path} holds no entry`)
  return { source: file === '-' ? 'stdin' : path, ...verification }
}

/** What a witness keeps in a file. */
export async function witnessedBy(path: string): Promise<SignedCheckpoint[]> {
  const witnessed = await knownTo(path)
  if (witnessed.length > 0) return witnessed
  throw new HelixError('usage', `${path} holds no checkpoint of a witness`, {
    hint: 'helix audit witness <file> makes it, best on another machine.',
    next: ['helix audit witness <file>'],
  })
}

function refuse(message: string, cause?: unknown): never {
  throw new HelixError('usage', message, {
    hint: 'Give a log that helix audit export wrote.',
    next: ['helix audit export --file log.jsonl'],
    cause,
  })
}
