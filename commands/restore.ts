import { z } from 'zod'
import { typist } from '../src/audit/actors.ts'
import { bringKeys } from '../src/backup/bring-keys.ts'
import type { Manifest } from '../src/backup/manifest.ts'
import { assertReadable, losesTables } from '../src/backup/reset.ts'
import { holdsData, type RestoreDeps, restoreBackup } from '../src/backup/restore.ts'
import { schemaOf } from '../src/backup/schema.ts'
import type { Database } from '../src/db/database.ts'
import { HelixError } from '../src/errors.ts'
import { parseWhen } from '../src/logs/when.ts'
import { BACKUP_ACTS, makeBackup } from './backup/make.ts'
import { fromOption, identitiesOf, identityOption, openDestination } from './backup/place.ts'
import { momentLines, restoreToMoment } from './backup/point-in-time.ts'
import { summary } from './backup/shown.ts'
import { findSigned, signedByOption } from './backup/signer.ts'
import type { Context } from './context.ts'
import { argument, defineCommand, option } from './define.ts'
import { assertNobodyServes } from './nobody-serves.ts'
import { tellingWhatIsLeft } from './stopped.ts'

const moment = z
  .string()
  .transform((text) => parseWhen(text, new Date()))
  .refine((at) => at !== undefined, 'when (2026-12-01T18:00:00Z), or how long ago (15m, 2h, 1d)')

export default defineCommand({
  examples: [
    [
      'helix restore latest',
      'put the newest backup in place of everything there is; asks for the name of the database',
    ],
    ['helix restore 20261125T221500Z-4f1c9a --confirm=helix', 'a certain one, without a question'],
    ['helix restore latest --from /mnt/disk/helix', 'of another folder, as on a new machine'],
    ['helix restore latest --dry-run', 'say what would be done'],
    [
      'helix restore --at 2026-11-25T22:15:00Z --env production',
      'have Supabase put its project back to a moment; asks for the name of the project',
    ],
  ],
  description:
    'All rows or none: until the last of them is in and the audit chain is checked, the database is as it was; only where\n' +
    'it is newer than the backup do its tables go first. What is there now is backed up before. The restored database\n' +
    'starts a new log, whose first entry names the old one, and everybody signs in again. Restart every gateway\n' +
    'afterwards. With `--at`, where the database is Supabase’s and point-in-time recovery is on, Supabase itself puts the\n' +
    'whole project back to that moment.',
  arguments: {
    backup: argument('[backup]', 'its name, or `latest`', z.string().min(1).optional()),
  },
  options: {
    at: option(
      '--at <when>',
      'instead of a backup: a moment, which Supabase goes back to',
      moment.optional(),
    ),
    from: fromOption,
    identity: identityOption,
    signedBy: signedByOption,
    safetyBackup: option(
      '--no-safety-backup',
      'do not back up first what is there; refused where its tables have to go',
      z.boolean().default(true),
    ),
    every: option(
      '--every <seconds>',
      'with --at: how often Supabase is asked how far it is; it takes 60 questions a minute',
      z.coerce.number().min(0.1).max(600).default(10),
    ),
  },
  dryRun: true,
  acts: ['restore.start', 'restore.point.start', ...BACKUP_ACTS],
  async run({ backup, at, every, from, identity, signedBy, safetyBackup }, context) {
    if (at !== undefined && backup === undefined)
      return restoreToMoment(at, { safetyBackup, everySeconds: every }, context)
    if (backup === undefined || at !== undefined) throw eitherOr()
    assertNobodyServes(await context.config(['database']))
    const destination = await openDestination(context, from)
    const manifest = await findSigned(context, destination, { backup, signedBy })
    assertReadable(manifest)
    const identities = await identitiesOf(context, identity)
    const db = await context.database()
    const over = await db.transaction('owner', holdsData)
    if (over && !safetyBackup) await assertNothingGoes(db, manifest)
    const name = await nameOf(db)
    const plan = { ...summary(manifest), from: destination.name, database: name, over }
    if (context.dryRun) return { ...plan, safety: null, chain: null, keys: [], otherKeys: [] }
    if (over)
      await context.consent({ act: `Replace everything in ${name} by the backup ${manifest.id}`, name })
    let safety: string | null = null
    const replace = async () => {
      const reason = `before ${manifest.id} was restored`
      if (over && safetyBackup) safety = (await makeBackup(context, db, { reason })).id
      if (safety !== null) context.note(`What is there now was backed up as ${safety}`)
      const done = await putInPlace(context, { db, destination, identities, manifest, name, safety })
      return { ...plan, safety, ...done }
    }
    return tellingWhatIsLeft(replace(), context, () => ({
      message: `The restore was stopped: nothing of ${manifest.id} is in ${name}`,
      hint: over
        ? `What was there is there still${safety === null ? '' : `, and in the backup ${safety}, too`}. Begin again when you like.`
        : `There are no people in it, as before. Begin again when you like.`,
      next: ['restore', manifest.id, ...(from === undefined ? [] : ['--from', from])],
    }))
  },
  view(done, context) {
    if ('project' in done) return momentLines(done, context)
    const { colour, dryRun } = context
    const { id, at, rows, database, safety, chain, keys, otherKeys, over } = done
    if (dryRun) {
      const first = over ? 'back up what is there, then ' : ''
      return `Would ${first}put ${rows} rows of ${at} (${id}) into ${database}.`
    }
    return [
      `${colour.green('✔')} ${database} is as it was on ${at}: ${rows} rows of ${id}, its audit chain checked.`,
      `The log goes on as ${chain?.log}. Everybody signs in again; restart every gateway.`,
      ...(keys.length > 0 ? [`Keys put back: ${keys.join(', ')}.`] : []),
      ...(otherKeys.length > 0
        ? [
            `${colour.yellow('!')} Keys here differ from those of the backup, and were left: ${otherKeys.join(', ')}. Second factors need the keys.json they were made with.`,
          ]
        : []),
      ...(safety ? [colour.dim(`To undo: helix restore ${safety} --confirm=${database}`)] : []),
    ].join('\n')
  },
})

interface Replacing extends Pick<RestoreDeps, 'db' | 'destination' | 'identities'> {
  manifest: Manifest
  /** What the database is called. */
  name: string
  safety: string | null
}

/** Puts the backup in, written down before and after. */
function putInPlace(context: Context, { manifest, name, safety, ...place }: Replacing) {
  const log = context.log('journal')
  return log.act(
    'restore.start',
    { backup: manifest.id, database: name, safety },
    async () => {
      const { mode, dataDir } = await context.config()
      const { confirm, signal } = context
      const deps = { ...place, mode, dataDir, actor: typist(), confirm, safety, signal }
      const restored = await restoreBackup(deps, manifest, (table) => context.note(`Restoring ${table}`))
      const { written, others } = await bringKeys({ keys: restored.files }, { dataDir }, log.files)
      return { chain: restored.chain, keys: written, otherKeys: others }
    },
    ({ chain, keys }) => ({ log: chain.log, keys }),
  )
}

function eitherOr(): HelixError {
  return new HelixError('usage', 'Name a backup, or a moment with --at', {
    hint: '`helix backup list` shows which there are, and what Supabase can go back to.',
    next: ['helix restore latest', 'helix backup list'],
  })
}

/** Tables that go before the backup is in are brought back by a safety backup alone. */
async function assertNothingGoes(db: Database, manifest: Manifest): Promise<void> {
  if (!losesTables(await db.transaction('owner', schemaOf), manifest)) return
  throw new HelixError(
    'precondition_failed',
    `The database is newer than ${manifest.id}: its tables have to go before the backup is in`,
    {
      hint: 'Leave out --no-safety-backup: without one, nothing would bring them back if the restore fails.',
    },
  )
}

/** What the database is called, as one has to type it to replace it. */
async function nameOf(db: Database): Promise<string> {
  if (db.engine === 'pglite') return 'embedded'
  const [row] = await db.query<{ name: string }>('select current_database() as name')
  return row?.name ?? ''
}
