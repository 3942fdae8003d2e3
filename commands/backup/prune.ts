import { defineCommand } from '../define.ts'
import { fromOption, openDestination } from './place.ts'
import { assertConfirmed, PRUNE_ACTS, planned, tidy } from './tidy.ts'

export default defineCommand({
  examples: [
    ['helix backup prune', 'say which backups would go; removes nothing'],
    ['helix backup prune --confirm=/var/backups/helix', 'remove them; the name is that of the place'],
  ],
  description:
    'Keeps all of the last day and one of each of the last days, weeks and months (`backup.keepDays`, `keepWeeks`,\n' +
    '`keepMonths`), and always the newest and the last that a drill proved.',
  options: { from: fromOption },
  acts: PRUNE_ACTS,
  async run({ from }, context) {
    const destination = await openDestination(context, from)
    const removed = context.confirm !== undefined
    if (removed) assertConfirmed(context, destination)
    const plan = await planned(context, destination)
    if (removed) await tidy(context, destination, plan)
    return { place: destination.name, removed, ...plan }
  },
  view({ place, removed, keep, remove, leftovers, uploads, damaged }, { colour }) {
    const parts = uploads.map(({ name }) => `${name}, parts of an upload that was never finished`)
    const gone = [...remove, ...leftovers, ...parts]
    const last = removed
      ? `${gone.length} removed.`
      : `Nothing was removed. To remove ${gone.length}: --confirm=${place}`
    return [
      ...keep.map(({ id, why }) => `keep    ${id}  ${colour.dim(why)}`),
      ...gone.map((name) => `${removed ? 'removed' : 'remove '} ${name}`),
      ...damaged.map(({ id, damage }) => `${colour.red('look at')} ${id}  ${damage}`),
      gone.length === 0 ? 'Nothing to remove.' : last,
    ].join('\n')
  },
})
