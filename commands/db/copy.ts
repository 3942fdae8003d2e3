import { z } from 'zod'
import { typist } from '../../src/audit/actors.ts'
import { bringKeys } from '../../src/backup/bring-keys.ts'
import { assertOtherFolder } from '../../src/copy/apart.ts'
import { type CopyEnd, copyDatabase } from '../../src/copy/copy.ts'
import { removeStage, stagedBytes } from '../../src/copy/stage.ts'
import type { DatabasePlace } from '../../src/db/open.ts'
import { asHelixError, codeOf, HelixError } from '../../src/errors.ts'
import { size } from '../backup/shown.ts'
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
    ['helix db copy --to production --discard', 'remove what an interrupted copy left there'],
  ],
  description:
    'Accounts with their passwords, conversations, settings and the audit log, as of one moment, from any of the three\n' +
    'modes into any. The target is empty or has only been migrated, and shows all of it or nothing. Whoever is interrupted\n' +
    'types the same again: what was brought is kept beside, and only what is not there yet is brought. The copy starts a\n' +
    'new log, whose first entry names the old one, and everybody signs in again.',
  options: {
    from: option('--from <env>', 'environment to copy from, as in .env.<env>', environment.optional()),
    to: option('--to <env>', 'environment to copy to', environment),
    discard: option('--discard', 'remove what an interrupted copy left in --to', z.boolean().default(false)),
  },
  acts: ['db.copy.start', 'db.copy.discard.start', 'file.write.start'],
  async run({ from, to, discard }, context) {
    if (discard) return { to, discarded: await discardIn(to, context) }
    if (from === undefined) throw new HelixError('usage', '--from <env> is missing', { hint: NAME_SOURCE })
    return { from, ...(await copy(from, to, context)) }
  },
  view: (done, { colour }) => (done.discarded !== undefined ? discardedView(done) : copiedView(done, colour)),
})

async function copy(from: string, to: string, context: Context) {
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
      const { keys: brought, ...told } = copied
      const keys = await bringKeys({ keys: brought }, target, log.files)
      return { to, mode: target.mode, ...told, keys: { ...keys, folder: target.dataDir } }
    },
    ({ rows, chain }) => ({ rows, log: chain.log }),
  )
  const next = ['db', 'copy', '--from', from, '--to', to]
  return tellingWhatIsLeft(tellingWhatIsKept(copying, next), context, () => ({
    message: `The copy was stopped: nobody finds anything of ${from} in ${to}`,
    hint: `${from} is as it was. ${KEPT} To remove it: helix db copy --to ${to} --discard.`,
    next,
  }))
}

type Copying = { from: string } & Awaited<ReturnType<typeof copy>>

function copiedView({ from, to, rows, tables, bytesFound, chain, keys }: Copying, colour: Context['colour']) {
  return [
    `${colour.green('✔')} ${rows} rows of ${tables} tables are in ${to} as they are in ${from}, the audit chain checked.`,
    ...(bytesFound > 0 ? [`${size(bytesFound)} of them an interrupted copy had brought before.`] : []),
    `Its log goes on as ${chain.log}. Everybody signs in again, with the password they had.`,
    ...(keys.written.length > 0 ? [`Keys brought to ${keys.folder}: ${keys.written.join(', ')}.`] : []),
    ...(keys.others.length > 0
      ? [
          `${colour.yellow('!')} ${keys.folder} has other keys: ${keys.others.join(', ')}. Second factors of ${from} need its own keys.json.`,
        ]
      : []),
    colour.dim(`What is written to ${from} from now on is not in ${to}.`),
  ].join('\n')
}

/** Removes what an interrupted copy left; resolves to how much that was, in bytes. */
async function discardIn(name: string, context: Context): Promise<number> {
  const end = await lookAt(context, name)
  assertNobodyServes(end)
  await assertThere(end, 'Name the environment of its target: --to <env>.')
  const { db } = await open(context, end)
  const left = await db.transaction('owner', stagedBytes)
  if (left === undefined) return 0
  const remove = () => db.lock('db copy', () => db.transaction('owner', removeStage), { waitMs: 0 })
  await context.log('journal').act('db.copy.discard.start', { from: name, bytes: left }, remove)
  return left
}

const discardedView = ({ to, discarded }: { to: string; discarded: number }): string =>
  discarded === 0
    ? `No copy left anything in ${to}.`
    : `${size(discarded)} that an interrupted copy had left in ${to} are removed. The next one brings everything anew.`

const NAME_SOURCE = 'Name the environment whose data are to be copied: --from <env>.'
const KEPT = 'What was brought is kept beside, for its owner alone, and the same command goes on from there.'

/** @throws HelixError what the copy throws; of a lost connection with what to do next */
async function tellingWhatIsKept<T>(copying: Promise<T>, next: readonly string[]): Promise<T> {
  return copying.catch((cause) => {
    if (codeOf(cause) !== 'database_unreachable') throw cause
    const { code, message, hint } = asHelixError(cause)
    const command = ['helix', ...next].join(' ')
    throw new HelixError(code, message, { hint: [hint, KEPT].join(' '), next: [command], cause })
  })
}

type End = Omit<CopyEnd, 'db'> & { place: DatabasePlace }

async function lookAt(context: Context, name: string): Promise<End> {
  const config = await context.config(['database'], { env: name })
  return { name, mode: config.mode, dataDir: config.dataDir, place: databasePlace(config) }
}

async function assertThere({ name, place }: End, hint = NAME_SOURCE): Promise<void> {
  if ((await lookInto(place, async () => true)) !== undefined) return
  throw new HelixError('precondition_failed', `${name} has no database yet`, {
    hint,
  })
}

async function open(context: Context, { place, ...end }: End): Promise<CopyEnd> {
  const { openDatabase } = await import('../../src/db/open.ts')
  const db = await openDatabase(place)
  context.onClose(() => db.close())
  return { ...end, db }
}
