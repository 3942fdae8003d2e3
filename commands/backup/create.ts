import { z } from 'zod'
import { createBackup } from '../../src/backup/create.ts'
import { newBackupId } from '../../src/backup/manifest.ts'
import { HelixError } from '../../src/errors.ts'
import { defineCommand, option } from '../define.ts'
import { backupDeps, openDestination, placeOption } from './place.ts'
import { size, summary } from './shown.ts'

export default defineCommand({
  examples: [
    ['helix backup create', 'back up everything, as of one moment, to where the configuration says'],
    ['helix backup create --to /mnt/disk/helix', 'to another folder'],
    ['helix backup create --reason "before the move"', 'and say why'],
  ],
  description:
    'Everything Helix owns is in it, accounts and their passwords included, but no session. It is encrypted to the keys\n' +
    'of `backup.recipients`, and runs beside a working Helix.',
  options: {
    to: placeOption,
    reason: option('--reason <text>', 'why it is made', z.string().min(1).max(100).default('by hand')),
  },
  acts: ['backup.create.start', 'file.write.start'],
  async run({ to, reason }, context) {
    const db = await context.existingDatabase()
    if (db === undefined) throw nothingThere()
    const destination = await openDestination(context, to)
    const deps = await backupDeps(context, db, destination)
    const id = newBackupId(new Date())
    const manifest = await context.log().act(
      'backup.create.start',
      { id, to: destination.name, reason },
      () => createBackup(deps, { id, reason, onTable: (name) => context.note(`Reading ${name}`) }),
      ({ archive, chain }) => ({ bytes: archive.bytes, sha256: archive.sha256, seq: chain.seq }),
    )
    return { ...summary(manifest), to: destination.name }
  },
  view: ({ id, rows, bytes, to }, { colour }) =>
    `${colour.green('✔')} Backup ${id}: ${rows} rows, ${size(bytes)}, in ${to}\n` +
    colour.dim(`Prove that it can be restored: helix backup verify ${id}`),
})

function nothingThere(): HelixError {
  return new HelixError('precondition_failed', 'There is no database yet to back up', {
    hint: 'Start Helix once: helix up.',
    next: ['helix up'],
  })
}
