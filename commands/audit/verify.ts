import { createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { type Head, readHead } from '../../src/audit/append.ts'
import type { SignedCheckpoint } from '../../src/audit/checkpoints/checkpoint.ts'
import { parseVerifier } from '../../src/audit/checkpoints/note.ts'
import { memoryPath } from '../../src/audit/checkpoints/seen.ts'
import { knownTo } from '../../src/audit/checkpoints/witness.ts'
import { lastAdoption, verifyJournal } from '../../src/audit/journal.ts'
import { readLines } from '../../src/audit/lines.ts'
import { DEFAULT_GRACE_MS, type Verification, verifyEntries } from '../../src/audit/verify.ts'
import { verifyDatabase } from '../../src/audit/verify-database.ts'
import { HelixError } from '../../src/errors.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import type { Context } from '../context.ts'
import { defineCommand, option } from '../define.ts'
import { auditedDatabase } from './database.ts'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

const duration = z
  .string()
  .regex(/^\d{1,9}(?:ms|s|m|h)$/, 'expected a duration such as 60s or 5m')
  .transform((text) => Number.parseInt(text, 10) * (UNITS[text.replace(/^\d+/, '')] ?? 1))

/** What to hold the log to beyond itself. */
interface Given {
  graceMs: number
  witnessed: readonly SignedCheckpoint[]
  anchor: string | undefined
}

/** One chain that was looked at, and where it came from. */
interface Checked extends Verification {
  source: string
}

export default defineCommand({
  examples: [
    ['helix audit verify', 'the log in the database and the journal beside it'],
    ['helix audit verify --file log.jsonl', 'an exported log; nothing else is needed'],
    ['helix audit export | helix audit verify --file -', 'the same from a pipe'],
    ['helix audit verify --key "helix/9f…+1a2b3c4d+AX…"', 'with the public key that was noted elsewhere'],
    ['helix audit verify --against witness seen.json', 'with what `helix audit witness` kept elsewhere'],
    ['helix audit verify --grace 10m', 'while long acts are running'],
  ],
  description:
    'Names the first bad entry: edited, gap, truncated, forked, reordered or bad_signature; else every intent that was\n' +
    'left open. Ends with 0 only when nothing is wrong. A file alone cannot show that its end was cut off or that it\n' +
    'was written anew: a witness can, and the checkpoints in the database can, as far as its key is safe.',
  options: {
    file: option(
      '--file <file>',
      'an exported log instead of the database; - reads stdin',
      z.string().min(1).optional(),
    ),
    against: option(
      '--against <where...>',
      '`witness <file>`: with the checkpoints kept there',
      z.array(z.string()).optional().transform(against),
    ),
    key: option(
      '--key <key>',
      'the public key that signatures must go back to',
      z.string().min(1).optional(),
    ),
    grace: option(
      '--grace <duration>',
      'how long an act may be under way',
      duration.default(DEFAULT_GRACE_MS),
    ),
  },
  async run({ file, grace, against: witnessFile, key }, context) {
    const given: Given = {
      graceMs: grace,
      witnessed: witnessFile === undefined ? [] : await witnessedBy(resolve(context.cwd, witnessFile)),
      anchor: key === undefined ? undefined : parseVerifier(key).publicKey.toString('hex'),
    }
    const logs =
      file === undefined ? await verifyHere(context, given) : [await verifyFile(file, context, given)]
    return { logs, findings: logs.flatMap(({ findings }) => findings) }
  },
  view: ({ logs }, { colour }) =>
    logs
      .flatMap(({ source, entries, end, findings, torn, signed }) => [
        `${findings.length === 0 ? colour.green('✔') : colour.red('✖')} ${source}: ${entries} entries in order`,
        ...findings.map(({ kind, seq, message }) => `  ${colour.bold(kind)} at ${seq}: ${safeText(message)}`),
        ...(torn && findings.length === 0
          ? ['  its last line was cut short by a crash and counts for nothing']
          : []),
        ...(end.seq === 0
          ? []
          : [colour.dim(`  log ${safeText(end.log)} ends at ${end.seq}, hash ${end.hash}`)]),
        ...(signed ? [colour.dim(`  signed as far as ${signed.size}`)] : []),
      ])
      .join('\n'),
  verdict({ findings }) {
    const [first] = findings
    if (first === undefined) return undefined
    return new HelixError('findings', `The audit log is not sound: ${first.kind} at seq ${first.seq}`, {
      hint: 'Keep the log as it is, and compare it with an earlier export or a backup.',
      details: { ...first },
    })
  },
})

async function verifyHere(context: Context, { graceMs, witnessed, anchor }: Given): Promise<Checked[]> {
  const { dataDir } = await context.config()
  // What this machine remembers of what it signed is read first: nothing of it can then be missing below.
  const remembered = await knownTo(memoryPath(dataDir))
  const db = await auditedDatabase(context)
  const { log } = await readHead(db)
  const own = remembered.filter((each) => each.log === log)
  const chain = await verifyDatabase(db, { graceMs, anchor, witnessed, remembered: own })
  const checked: Checked[] = [{ source: 'The database', ...chain }]
  const path = join(dataDir, 'journal.jsonl')
  const seen = await verifyJournal(path, { graceMs })
  if (seen === undefined) return checked
  const adopted: Head | undefined = await lastAdoption(db, seen.end.log)
  const journal = adopted === undefined ? seen : await verifyJournal(path, { graceMs, head: adopted })
  return [...checked, { source: 'The journal', ...(journal ?? seen) }]
}

async function verifyFile(
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

async function witnessedBy(path: string): Promise<SignedCheckpoint[]> {
  const witnessed = await knownTo(path)
  if (witnessed.length > 0) return witnessed
  throw new HelixError('usage', `${path} holds no checkpoint of a witness`, {
    hint: 'helix audit witness <file> makes it, best on another machine.',
    next: ['helix audit witness <file>'],
  })
}

function against(words: string[] | undefined, context: z.RefinementCtx): string | undefined {
  if (words === undefined) return undefined
  const [where, file, ...more] = words
  if (where === 'discord') {
    throw new HelixError('precondition_failed', 'Helix does not post its log to Discord yet', {
      hint: 'Verify against a witness: helix audit verify --against witness <file>.',
      next: ['helix audit verify --against witness <file>'],
    })
  }
  if (where === 'witness' && file !== undefined && more.length === 0) return file
  context.addIssue({ code: 'custom', message: 'expected `witness <file>`' })
  return z.NEVER
}

function refuse(message: string, cause?: unknown): never {
  throw new HelixError('usage', message, {
    hint: 'Give a log that helix audit export wrote.',
    next: ['helix audit export --file log.jsonl'],
    cause,
  })
}
