import { z } from 'zod'
import { HelixError } from '../../src/errors.ts'
import { defineCommand, option } from '../define.ts'
import { tellingWhatIsLeft } from '../stopped.ts'
import { BACKUP_ACTS, makeBackup } from './make.ts'
import { openDestination, placeOption } from './place.ts'
import { size, summary } from './shown.ts'
import { assertConfirmed, PRUNE_ACTS, planned, tidy } from './tidy.ts'

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
    prune: option(
      '--prune',
      'then remove what is no longer kept; takes --confirm=<place>',
      z.boolean().default(false),
    ),
  },
  acts: [...BACKUP_ACTS, ...PRUNE_ACTS],
  async run({ to, reason, prune }, context) {
    const db = await context.existingDatabase()
    if (db === undefined) throw nothingThere()
    const destination = await openDestination(context, to)
    if (prune) assertConfirmed(context, destination)
    const making = makeBackup(context, db, { reason, destination })
    const made = await tellingWhatIsLeft(making, context, () => ({
      message: 'The backup was stopped: none was made',
      hint: `${destination.remote ? LEFT_AWAY : 'Nothing of it is left'}, and the backups there were are as they were.`,
      next: ['backup', 'create'],
    }))
    const plan = prune ? await planned(context, destination) : undefined
    if (plan) await tidy(context, destination, plan)
    return { ...summary(made), to: made.to, removed: plan?.remove ?? [], damaged: plan?.damaged ?? [] }
  },
  view: ({ id, rows, bytes, to, removed, damaged }, { colour }) =>
    `${colour.green('✔')} Backup ${id}: ${rows} rows, ${size(bytes)}, in ${to}\n` +
    (removed.length > 0 ? `Removed: ${removed.join(', ')}\n` : '') +
    damaged.map((each) => `${colour.red('look at')} ${each.id}  ${each.damage}\n`).join('') +
    colour.dim(`Prove that it can be restored: helix backup verify ${id}`),
})

/** Nobody waits for a network to take back what was sent by then. */
const LEFT_AWAY =
  'Nothing of it counts as a backup; what was on its way may be left there until helix backup prune removes it, a day from now'

function nothingThere(): HelixError {
  return new HelixError('precondition_failed', 'There is no database yet to back up', {
    hint: 'Start Helix once: helix up.',
    next: ['helix up'],
  })
}
