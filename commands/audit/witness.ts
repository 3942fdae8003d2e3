import { resolve } from 'node:path'
import { z } from 'zod'
import { originOf } from '../../src/audit/checkpoints/checkpoint.ts'
import { formatVerifier, parseVerifier } from '../../src/audit/checkpoints/note.ts'
import { makeProof, newestKnown, type ProofDocument, parseProof } from '../../src/audit/checkpoints/proof.ts'
import { knownTo, trustedBy, type Witnessed, witness } from '../../src/audit/checkpoints/witness.ts'
import { HelixError } from '../../src/errors.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import type { Context } from '../context.ts'
import { argument, defineCommand, option } from '../define.ts'
import { auditedDatabase } from './database.ts'
import { readText } from './input.ts'
import { namedGateway } from './source.ts'

export default defineCommand({
  examples: [
    ['helix audit witness seen.json', 'keep the newest checkpoint of the database in the configuration'],
    [
      'helix audit witness seen.json --key "helix/9f…+1a2b3c4d+AX…"',
      'the first time, with the key noted before',
    ],
    [
      'ssh gateway helix audit prove --from 1200 --json | helix audit witness seen.json --from -',
      'from elsewhere',
    ],
    ['helix audit witness seen.json --url https://helix.example.com', 'of a gateway, as its creator'],
    ['helix audit witness seen.json --show', 'what it knows'],
  ],
  description:
    'Run it again and again on another machine, under another account. It keeps the newest checkpoint of each log in\n' +
    'the file and takes no other that is smaller or contradicts it: then it ends with 1 and keeps what it had. It needs\n' +
    'to read the database only. Without --key it trusts the key of the first checkpoint it sees, says so, and from then\n' +
    'on takes another key only where a trusted one signed it in.  After a restore that lost entries it says which; `--confirm=<log>` accepts that.',
  arguments: { file: argument('<file>', 'where it keeps what it saw', z.string().min(1)) },
  options: {
    from: option(
      '--from <source>',
      'database, or a proof: a file, or - for stdin',
      z.string().min(1).default('database'),
    ),
    key: option('--key <key>', 'the public key that the log must go back to', z.string().min(1).optional()),
    acceptNew: option(
      '--accept-new',
      'also take a log that goes on from none it knows',
      z.boolean().default(false),
    ),
    show: option('--show', 'only say what it knows', z.boolean().default(false)),
  },
  acts: ['file.write.start'],
  async run({ file, from, key, acceptNew, show }, context) {
    const path = resolve(context.cwd, file)
    const verifier = key === undefined ? undefined : parseVerifier(key).publicKey.toString('hex')
    if (show) return { findings: [], grown: null, known: await known(path) }
    const document =
      from === 'database' ? await fromDatabase(path, context) : parseProof(await readText(from, context))
    // Not on the chain it watches, which would grow by being watched.
    const { files } = context.log('journal')
    const options = { key: verifier, acceptNew, acceptLoss: context.confirm, files }
    const result = await witness(path, document, options)
    const { findings, grown } = result satisfies Witnessed
    return { findings, grown, known: await known(path) }
  },
  view: ({ findings: [finding], grown, known: all }, { colour }) =>
    [
      ...(finding
        ? [`${colour.red('✖')} ${colour.bold(finding.kind)} at ${finding.seq}: ${safeText(finding.message)}`]
        : []),
      ...all.flatMap(({ log, size, root, keys, vouched }) => [
        `${finding ? ' ' : colour.green('✔')} ${safeText(log)}: ${size} entries ${colour.dim(root)}`,
        ...keys.map((key) => colour.dim(`  trusts ${safeText(key)}`)),
        ...(vouched ? [] : [colour.yellow(`  ${ON_FIRST_USE}`)]),
      ]),
      ...(!finding && grown !== null
        ? [colour.dim(`  ${grown} more than before, and all that was known is part of it`)]
        : []),
    ].join('\n') || 'Nothing was seen yet.',
  verdict({ findings: [finding] }) {
    if (!finding) return undefined
    return new HelixError('findings', `The witness refuses the log: ${finding.kind} at seq ${finding.seq}`, {
      hint: 'Keep the file: it proves what was there. Compare with helix audit verify --against witness <file>.',
      next: ['helix audit verify --against witness <file>'],
      details: { ...finding },
    })
  },
})

async function fromDatabase(path: string, context: Context): Promise<ProofDocument> {
  const remote = await namedGateway(context)
  if (remote) return remote.proof(await knownTo(path))
  const db = await auditedDatabase(context)
  return makeProof(db, { from: await newestKnown(db, await knownTo(path)) })
}

async function known(path: string) {
  const [all, trusts] = [await knownTo(path), await trustedBy(path)]
  return all.map(({ log, size, root }) => {
    const { keys = [], vouched = false } = trusts.find((trust) => trust.log === log) ?? {}
    const named = keys.map((key) =>
      formatVerifier({ name: originOf(log), publicKey: Buffer.from(key, 'hex') }),
    )
    return { log, size, root: Buffer.from(root).toString('hex'), keys: named, vouched }
  })
}

const ON_FIRST_USE =
  'on first use: nobody vouched for this key. Compare it with `helix keys show audit` there, then give it with --key once.'
