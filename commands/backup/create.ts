import { z } from 'zod'
import { HelixError } from '../../src/errors.ts'
import { defineCommand, option } from '../define.ts'
import { BACKUP_ACTS, makeBackup } from './make.ts'
import { placeOption } from './place.ts'
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
  acts: BACKUP_ACTS,
  async run({ to, reason }, context) {
    const db = await context.existingDatabase()
    if (db === undefined) throw nothingThere()
    const made = await makeBackup(context, db, { reason, to })
    return { ...summary(made), to: made.to }
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
