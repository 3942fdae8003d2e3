import { access, constants } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { readHead } from '../../src/audit/append.ts'
import { exportLines } from '../../src/audit/export.ts'
import { HelixError } from '../../src/errors.ts'
import type { Context } from '../context.ts'
import { defineCommand, option } from '../define.ts'
import { auditedDatabase } from './database.ts'
import { namedGateway } from './source.ts'

const PIECE = 65_536

export default defineCommand({
  examples: [
    ['helix audit export > log.jsonl', 'every entry, one JSON object a line'],
    ['helix audit export --file log.jsonl', 'the same; the file appears when it is whole'],
    ['helix audit export --since 1200', 'only what was added after entry 1200 of the present log'],
    [
      'helix audit export --url https://helix.example.com > log.jsonl',
      'of a gateway elsewhere, as its creator',
    ],
  ],
  description:
    'Anybody can check what this prints with `helix audit verify --file`; with --since it is a part, not a log.',
  options: {
    file: option('--file <file>', 'write a file (0600) instead of stdout', z.string().min(1).optional()),
    since: option('--since <seq>', 'only entries after this one', z.coerce.number().int().min(0).optional()),
  },
  acts: ['file.write.start'],
  streams: true,
  async run({ file, since }, context) {
    const lines = await linesOf(context, since)
    if (file === undefined || file === '-') {
      await each(lines, context.signal, (text) => context.stdout.write(text))
      return
    }
    const path = resolve(context.cwd, file)
    await assertFolder(path)
    const { files } = context.log()
    const entries = await files.stream(path, (append) => each(lines, context.signal, append))
    if (context.json) context.emit({ event: 'exported', file: path, entries })
    else context.say(`Wrote ${entries} entries to ${path}.`)
  },
})

/** Up to where the log is now: what announces the file is not yet closed when it is read. */
async function linesOf(context: Context, since: number | undefined): Promise<AsyncIterable<string>> {
  const remote = await namedGateway(context)
  if (remote) {
    await remote.head()
    return remote.lines(since)
  }
  const db = await auditedDatabase(context)
  return exportLines(db, { since, until: await readHead(db) })
}

/** Hands the lines on in large pieces; resolves to how many lines there were. */
async function each(
  lines: AsyncIterable<string>,
  signal: AbortSignal,
  take: (text: string) => unknown,
): Promise<number> {
  let count = 0
  let text = ''
  for await (const line of lines) {
    count += 1
    text += line
    if (text.length < PIECE) continue
    if (signal.aborted) throw new HelixError('stopped', 'The export was stopped', { hint: 'Run it again.' })
    await take(text)
    text = ''
  }
  await take(text)
  return count
}

async function assertFolder(path: string): Promise<void> {
  await access(dirname(path), constants.W_OK).catch((cause: unknown) => {
    throw new HelixError('usage', `${path} cannot be written`, {
      hint: 'Give a file in a directory that is yours.',
      cause,
    })
  })
}
