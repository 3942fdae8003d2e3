import { z } from 'zod'
import { readLogId } from '../../src/audit/append.ts'
import { checkProof } from '../../src/audit/checkpoints/check-proof.ts'
import { parseVerifier } from '../../src/audit/checkpoints/note.ts'
import { type Known, makeProof, type ProofDocument, parseProof } from '../../src/audit/checkpoints/proof.ts'
import { exportLine } from '../../src/audit/export.ts'
import type { Finding } from '../../src/audit/finding.ts'
import { HelixError } from '../../src/errors.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import type { Context } from '../context.ts'
import { argument, defineCommand, option } from '../define.ts'
import { auditedDatabase } from './database.ts'
import { readText } from './input.ts'

interface Proof extends ProofDocument {
  /** What is wrong with it. */
  findings: Finding[]
  /** Whether it was checked against a key that was given. */
  trusted: boolean
}

const seqNumber = z.coerce.number().int().min(1).optional()

export default defineCommand({
  examples: [
    ['helix audit prove 42 --json > proof.json', 'that entry 42 is in the log as it is signed'],
    ['helix audit prove 42 --from 30 --json', 'and that the log of 30 entries grew into it'],
    ['helix audit prove --from 30 --json', 'the second alone, as a witness wants it'],
    [
      'helix audit prove --check proof.json --key "helix/9f…+1a2b3c4d+AX…"',
      'check one, with no database at hand',
    ],
  ],
  description:
    'A proof holds the newest checkpoint, a few hashes, and the entry itself. To check one takes the public key\n' +
    'that `helix keys show audit` printed, noted elsewhere before.',
  arguments: { seq: argument('[seq]', 'the entry', seqNumber) },
  options: {
    from: option(
      '--from <size>',
      'also prove the growth since so many entries; of another log: <log>/<size>',
      z
        .string()
        .regex(/^(?:[\w-]{1,100}\/)?\d{1,15}$/, 'expected <size> or <log>/<size>')
        .optional(),
    ),
    check: option('--check <file>', 'check a proof; - reads stdin', z.string().min(1).optional()),
    key: option('--key <key>', 'the public key to check it with', z.string().min(1).optional()),
  },
  async run({ seq, from, check, key }, context): Promise<Proof> {
    const trusted = key === undefined ? [] : [parseVerifier(key).publicKey.toString('hex')]
    const document =
      check === undefined ? await make(context, seq, from) : parseProof(await readText(check, context))
    const { finding } = checkProof(document, trusted)
    return { ...document, findings: finding ? [finding] : [], trusted: trusted.length > 0 }
  },
  view({ findings: [finding], trusted, included, growth, checkpoint }, { colour }) {
    if (finding) return undefined
    const note = checkpoint.trimEnd().split('\n').map(safeText)
    return [
      ...(included
        ? [
            `${colour.green('✔')} Entry ${included.entry.seq} is one of those signed (${included.inclusion.length} hashes)`,
            colour.dim(safeText(exportLine(included.entry).trim())),
          ]
        : []),
      ...(growth
        ? [`${colour.green('✔')} They go on from the first ${growth.size} of log ${safeText(growth.log)}`]
        : []),
      ...(trusted
        ? []
        : [colour.yellow('No key was given: this shows only that the proof agrees with itself.')]),
      '',
      ...note,
    ].join('\n')
  },
  verdict({ findings: [finding] }) {
    if (!finding) return undefined
    return new HelixError('findings', `The proof does not hold: ${finding.message}`, {
      hint: 'Either it was changed, or the log is not the one that was signed.',
      details: { ...finding },
    })
  },
})

async function make(
  context: Context,
  seq: number | undefined,
  from: string | undefined,
): Promise<ProofDocument> {
  if (seq === undefined && from === undefined) {
    throw new HelixError('usage', 'There is nothing to prove', {
      hint: 'Name an entry, or a size with --from.',
      next: ['helix audit prove <seq>'],
    })
  }
  const db = await auditedDatabase(context)
  return makeProof(db, { seq, from: from === undefined ? undefined : known(from, await readLogId(db)) })
}

function known(from: string, present: string): Known {
  const [size = '', log = present] = from.split('/').reverse()
  return { log, size: Number(size) }
}
