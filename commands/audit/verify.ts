import { resolve } from 'node:path'
import { z } from 'zod'
import { parseVerifier } from '../../src/audit/checkpoints/note.ts'
import { DEFAULT_GRACE_MS } from '../../src/audit/verify.ts'
import { DEFAULT_LAG_MS } from '../../src/discord/verify/verify-discord.ts'
import { HelixError } from '../../src/errors.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import type { Context } from '../context.ts'
import { defineCommand, option } from '../define.ts'
import { namedGateway } from './source.ts'
import { type AgainstDiscord, seenInDiscord, verifyAgainstDiscord } from './verify-discord.ts'
import { verifyGateway } from './verify-gateway.ts'
import { type Checked, type Given, verifyFile, verifyHere, witnessedBy } from './verify-here.ts'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

const duration = z
  .string()
  .regex(/^\d{1,9}(?:ms|s|m|h)$/, 'expected a duration such as 60s or 5m')
  .transform((text) => Number.parseInt(text, 10) * (UNITS[text.replace(/^\d+/, '')] ?? 1))

export default defineCommand({
  examples: [
    ['helix audit verify', 'the log in the database and the journal beside it'],
    ['helix audit verify --file log.jsonl', 'an exported log; nothing else is needed'],
    ['helix audit export | helix audit verify --file -', 'the same from a pipe'],
    ['helix audit verify --key "helix/9f…+1a2b3c4d+AX…"', 'with the public key that was noted elsewhere'],
    ['helix audit verify --against witness seen.json', 'with what `helix audit witness` kept elsewhere'],
    [
      'helix audit verify --against discord',
      'with what stands in Discord, read by a bot (DISCORD_BOT_TOKEN)',
    ],
    ['helix audit verify --url https://helix.example.com', 'the log of a gateway elsewhere, as its creator'],
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
      '`witness <file>`: with the checkpoints kept there; `discord`: with what was posted',
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
    guild: option(
      '--guild <id>',
      'the Discord server, where the bot is in several',
      z
        .string()
        .regex(/^\d{15,22}$/, 'the id of a server is a number of about 19 digits')
        .optional(),
    ),
    lag: option(
      '--lag <duration>',
      'how long an entry may be on its way to Discord',
      duration.default(DEFAULT_LAG_MS),
    ),
    since: option(
      '--since <seq>',
      'what Discord need not have: entries up to this one, as where its channels were made anew',
      z.coerce.number().int().min(1).optional(),
    ),
    ignoreLog: option(
      '--ignore-log <log...>',
      'logs that Discord may hold more of than the database: given up, or of another Helix',
      z.array(z.string()).default([]),
    ),
  },
  async run({ file, grace, against: other, key, guild, lag, since, ignoreLog }, context) {
    if (file !== undefined && other?.where === 'discord') throw notWithFile()
    const given: Given = {
      graceMs: grace,
      witnessed: other?.where === 'witness' ? await witnessedBy(resolve(context.cwd, other.file)) : [],
      anchor: key === undefined ? undefined : parseVerifier(key).publicKey.toString('hex'),
    }
    const logs = await verifyThere(file, context, given)
    if (other?.where === 'discord') {
      const options = { guildId: guild, ignored: ignoreLog, lagMs: lag, since, anchor: given.anchor }
      logs.push(await inDiscord(options, context))
    }
    return { logs, findings: logs.flatMap(({ findings }) => findings) }
  },
  view: ({ logs }, { colour }) =>
    logs
      .flatMap(({ source, entries, end, findings, torn, signed, notes = [] }) => [
        `${findings.length === 0 ? colour.green('✔') : colour.red('✖')} ${source}: ${entries} entries in order`,
        ...findings.map(({ kind, seq, message }) => `  ${colour.bold(kind)} at ${seq}: ${safeText(message)}`),
        ...(torn && findings.length === 0
          ? ['  its last line was cut short by a crash and counts for nothing']
          : []),
        ...(end.seq === 0
          ? []
          : [colour.dim(`  log ${safeText(end.log)} ends at ${end.seq}, hash ${end.hash}`)]),
        ...(signed ? [colour.dim(`  signed as far as ${signed.size}`)] : []),
        ...notes.map((note) => colour.dim(`  ${note}`)),
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

async function verifyThere(file: string | undefined, context: Context, given: Given): Promise<Checked[]> {
  if (file !== undefined) return [await verifyFile(file, context, given)]
  const remote = await namedGateway(context)
  return remote ? verifyGateway(remote, given) : verifyHere(context, given)
}

async function inDiscord(options: AgainstDiscord, context: Context): Promise<Checked> {
  const seen = await verifyAgainstDiscord(options, context)
  const { findings, rooms, signed, end } = seen
  const entries = rooms.reduce((sum, { same }) => sum + same, 0)
  return { source: 'Discord', entries, findings, end, signed, torn: false, notes: seenInDiscord(seen) }
}

type Other = { where: 'witness'; file: string } | { where: 'discord' }

function against(words: string[] | undefined, context: z.RefinementCtx): Other | undefined {
  if (words === undefined) return undefined
  const [where, file, ...more] = words
  if (where === 'discord' && file === undefined) return { where }
  if (where === 'witness' && file !== undefined && more.length === 0) return { where, file }
  context.addIssue({ code: 'custom', message: 'expected `discord` or `witness <file>`' })
  return z.NEVER
}

function notWithFile(): HelixError {
  return new HelixError('usage', 'Discord is held to the database, not to a file', {
    hint: 'Leave --file out; --against witness <file> works with both.',
  })
}
