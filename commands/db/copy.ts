import { z } from 'zod'
import { typist } from '../../src/audit/actors.ts'
import { assertOtherFolder, bringKeys, type CopyEnd, copyDatabase } from '../../src/backup/copy.ts'
import type { DatabasePlace } from '../../src/db/open.ts'
import { HelixError } from '../../src/errors.ts'
import type { Context } from '../context.ts'
import { databasePlace } from '../database-place.ts'
import { defineCommand, option } from '../define.ts'
import { assertNobodyServes } from '../nobody-serves.ts'
import { tellingWhatIsLeft } from '../stopped.ts'
import { lookInto } from './place.ts'

const environment = z.string().min(1)

export default defineCommand({
  examples: [
    [
      'helix db copy --from local --to production',
      'everything on this laptop into the database that .env.production names',
    ],
    ['helix db copy --from production --to local', 'and back'],
  ],
  description:
    'Accounts with their passwords, conversations, settings and the audit log, as of one moment, from any of the three\n' +
    'modes into any. The target is empty or has only been migrated. All of it or nothing: whoever is interrupted begins\n' +
    'again. The copy starts a new log, whose first entry names the old one, and everybody signs in again.',
  options: {
    from: option('--from <env>', 'environment to copy from, as in .env.<env>', environment),
    to: option('--to <env>', 'environment to copy to', environment),
  },
  acts: ['db.copy.start', 'file.write.start'],
  async run({ from, to }, context) {
    if (from === to)
      throw new HelixError('usage', `--from and --to are both ${from}`, {
        hint: 'Write the database of the other environment to .env.<env>, and name that.',
      })
    const ends = [await lookAt(context, from), await lookAt(context, to)] as const
    if (ends.every(({ mode }) => mode === 'embedded')) assertOtherFolder(...ends)
    await assertThere(ends[0])
    assertNobodyServes(ends[1])
    const [source, target] = [await open(context, ends[0]), await open(context, ends[1])]
    const log = context.log('journal')
    const copying = log.act(
      'db.copy.start',
      { from, to },
      async () => {
        const { confirm, signal } = context
        const deps = { from: source, to: target, actor: typist(), confirm, signal }
        const copied = await copyDatabase(deps, (table) => context.note(`Copying ${table}`))
        const { rows, tables, chain } = copied
        const keys = await bringKeys(copied, target, log.files)
        return { from, to, mode: target.mode, rows, tables, chain, keys: { ...keys, folder: target.dataDir } }
      },
      ({ rows, chain }) => ({ rows, log: chain.log }),
    )
    return tellingWhatIsLeft(copying, context, () => ({
      message: `The copy was stopped: nothing of ${from} is in ${to}`,
      hint: `${from} is as it was, and ${to} takes a copy as before. Begin again when you like.`,
      next: ['db', 'copy', '--from', from, '--to', to],
    }))
  },
  view: ({ from, to, rows, tables, chain, keys }, { colour }) =>
    [
      `${colour.green('✔')} ${rows} rows of ${tables} tables are in ${to} as they are in ${from}, the audit chain checked.`,
      `Its log goes on as ${chain.log}. Everybody signs in again, with the password they had.`,
      ...(keys.written.length > 0 ? [`Keys brought to ${keys.folder}: ${keys.written.join(', ')}.`] : []),
      ...(keys.others.length > 0
        ? [
            `${colour.yellow('!')} ${keys.folder} has other keys: ${keys.others.join(', ')}. Second factors of ${from} need its own keys.json.`,
          ]
        : []),
      colour.dim(`What is written to ${from} from now on is not in ${to}.`),
    ].join('\n'),
})

type End = Omit<CopyEnd, 'db'> & { place: DatabasePlace }

async function lookAt(context: Context, name: string): Promise<End> {
  const config = await context.config(['database'], { env: name })
  return { name, mode: config.mode, dataDir: config.dataDir, place: databasePlace(config) }
}

async function assertThere({ name, place }: End): Promise<void> {
  if ((await lookInto(place, async () => true)) !== undefined) return
  throw new HelixError('precondition_failed', `${name} has no database yet`, {
    hint: 'Name the environment whose data are to be copied: --from <env>.',
  })
}

async function open(context: Context, { place, ...end }: End): Promise<CopyEnd> {
  const { openDatabase } = await import('../../src/db/open.ts')
  const db = await openDatabase(place)
  context.onClose(() => db.close())
  return { ...end, db }
}
