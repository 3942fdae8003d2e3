import { createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import type { Head } from '../../src/audit/append.ts'
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

/** One chain that was looked at, and where it came from. */
interface Checked extends Verification {
  source: string
}

export default defineCommand({
  examples: [
    ['helix audit verify', 'the log in the database and the journal beside it'],
    ['helix audit verify --file log.jsonl', 'an exported log; nothing else is needed'],
    ['helix audit export | helix audit verify --file -', 'the same from a pipe'],
    ['helix audit verify --grace 10m', 'while long acts are running'],
  ],
  description:
    'Names the first bad entry: edited, gap, truncated, forked or reordered; else every intent that was left open.\n' +
    'Ends with 0 only when nothing is wrong. A file alone cannot show that its end was cut off.',
  options: {
    file: option(
      '--file <file>',
      'an exported log instead of the database; - reads stdin',
      z.string().min(1).optional(),
    ),
    grace: option(
      '--grace <duration>',
      'how long an act may be under way',
      duration.default(DEFAULT_GRACE_MS),
    ),
  },
  async run({ file, grace }, context) {
    const logs =
      file === undefined ? await verifyHere(context, grace) : [await verifyFile(file, context, grace)]
    return { logs, findings: logs.flatMap(({ findings }) => findings) }
  },
  view: ({ logs }, { colour }) =>
    logs
      .flatMap(({ source, entries, end, findings, torn }) => [
        `${findings.length === 0 ? colour.green('✔') : colour.red('✖')} ${source}: ${entries} entries in order`,
        ...findings.map(({ kind, seq, message }) => `  ${colour.bold(kind)} at ${seq}: ${safeText(message)}`),
        ...(torn && findings.length === 0
          ? ['  its last line was cut short by a crash and counts for nothing']
          : []),
        ...(end.seq === 0
          ? []
          : [colour.dim(`  log ${safeText(end.log)} ends at ${end.seq}, hash ${end.hash}`)]),
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

async function verifyHere(context: Context, graceMs: number): Promise<Checked[]> {
  const db = await auditedDatabase(context)
  const checked: Checked[] = [{ source: 'The database', ...(await verifyDatabase(db, { graceMs })) }]
  const path = join((await context.config()).dataDir, 'journal.jsonl')
  const seen = await verifyJournal(path, { graceMs })
  if (seen === undefined) return checked
  const adopted: Head | undefined = await lastAdoption(db, seen.end.log)
  const journal = adopted === undefined ? seen : await verifyJournal(path, { graceMs, head: adopted })
  return [...checked, { source: 'The journal', ...(journal ?? seen) }]
}

async function verifyFile(file: string, context: Context, graceMs: number): Promise<Checked> {
  const path = resolve(context.cwd, file)
  if (file !== '-') await access(path).catch((cause: unknown) => refuse(`${path} cannot be read`, cause))
  const bytes = file === '-' ? context.stdin : createReadStream(path)
  const verification = await verifyEntries(readLines(bytes), { graceMs })
  const { entries, findings, torn } = verification
  if (entries === 0 && findings.length === 0 && !torn)
    refuse(`${file === '-' ? 'stdin' : path} holds no entry`)
  return { source: file === '-' ? 'stdin' : path, ...verification }
}

function refuse(message: string, cause?: unknown): never {
  throw new HelixError('usage', message, {
    hint: 'Give a log that helix audit export wrote.',
    next: ['helix audit export --file log.jsonl'],
    cause,
  })
}
