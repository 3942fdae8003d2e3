import { join } from 'node:path'
import { typist } from '../../src/audit/actors.ts'
import type { MigrateOptions } from '../../src/db/migrations/migrate.ts'
import { pendingPlan } from '../../src/db/migrations/status.ts'
import type { Context } from '../context.ts'
import { defineCommand } from '../define.ts'
import { lookInto, placeOf } from './place.ts'

export default defineCommand({
  examples: [
    ['helix db migrate', 'bring the database up to date'],
    ['helix db migrate --env production', 'the one of .env.production'],
    ['helix db migrate --dry-run', 'say what would be applied'],
    ['helix db migrate --confirm=shop', 'put Helix’s tables beside those of another application'],
  ],
  description:
    'Each file is one transaction, and one process at a time migrates. Files that were edited, are missing or come ' +
    'too late are refused. Ends with 7 when a statement fails; its file then leaves nothing behind.',
  acts: ['db.migrate.start'],
  dryRun: true,
  async run(_input, context) {
    const place = await placeOf(context)
    const before = await lookInto(place, (db) => pendingPlan(db))
    const pending = before?.pending.map(({ version }) => version) ?? []
    const from = before?.current ?? null
    if (context.dryRun)
      return { from, to: before?.target ?? null, pending, applied: [], adopted: [], copy: null }
    let copy: string | null = null
    const { migrateAudited } = await import('../../src/db/audited-migrate.ts')
    const { applied, adopted } = await migrateAudited(place, {
      actor: typist(),
      journal: join(place.dataDir, 'journal.jsonl'),
      pending,
      confirm: context.confirm,
      onProgress: tell(context),
      onCopy: (folder) => {
        copy = folder
      },
    })
    const to = await lookInto(place, async (db) => (await pendingPlan(db)).current)
    return { from, to: to ?? null, pending: [], applied, adopted, copy }
  },
  view({ from, to, pending, applied, adopted, copy }, { colour, dryRun }) {
    if (dryRun) return ['Would apply:', ...list(pending)].join('\n')
    const told = [
      `${colour.green('✔')} ${headline(from, to, applied.length)}`,
      ...(applied.length > 0 ? list(applied) : []),
    ]
    if (adopted.length > 0) told.push(`Taken over, as applied by another tool: ${adopted.join(', ')}.`)
    if (applied.length > 0) told.push(colour.dim(undo(copy)))
    return told.join('\n')
  },
})

function headline(from: string | null, to: string | null, applied: number): string {
  if (applied > 0) return `Applied ${applied}: the schema is now ${to}${from ? `, it was ${from}` : ''}.`
  return from === null ? `The database was made with the schema ${to}.` : `The schema ${to} is up to date.`
}

function tell(context: Context): NonNullable<MigrateOptions['onProgress']> {
  return ({ event, file, place, total }) => {
    if (event === 'applying') context.note(`Migrating (${place} of ${total}): ${file}`)
  }
}

function undo(copy: string | null): string {
  if (copy !== null) return `To undo: stop Helix and put ${join(copy, 'db')} back in place of the folder db.`
  return 'To undo: restore a backup from before (helix restore).'
}

function list(versions: readonly string[]): string[] {
  return versions.length === 0 ? ['  nothing'] : versions.map((version) => `  ${version}`)
}
