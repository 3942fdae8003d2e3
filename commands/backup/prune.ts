import { planPrune, prune } from '../../src/backup/prune.ts'
import { HelixError } from '../../src/errors.ts'
import { defineCommand } from '../define.ts'
import { fromOption, openDestination } from './place.ts'

export default defineCommand({
  examples: [
    ['helix backup prune', 'say which backups would go; removes nothing'],
    ['helix backup prune --confirm=/var/backups/helix', 'remove them; the name is that of the place'],
  ],
  description:
    'Keeps all of the last day and one of each of the last days, weeks and months (`backup.keepDays`, `keepWeeks`,\n' +
    '`keepMonths`), and always the newest and the last that a drill proved.',
  options: { from: fromOption },
  acts: ['backup.prune.start'],
  async run({ from }, context) {
    const destination = await openDestination(context, from)
    const { backup } = await context.config()
    const retention = { days: backup.keepDays, weeks: backup.keepWeeks, months: backup.keepMonths }
    const plan = await planPrune(destination, retention, new Date())
    const { confirm } = context
    if (confirm !== undefined && confirm !== destination.name) throw otherPlace(confirm, destination.name)
    const removed = confirm !== undefined
    if (removed && plan.remove.length + plan.leftovers.length > 0) {
      const { remove, leftovers } = plan
      await context
        .log()
        .act('backup.prune.start', { from: destination.name, remove, leftovers }, () =>
          prune(destination, plan),
        )
    }
    return { place: destination.name, removed, ...plan }
  },
  view({ place, removed, keep, remove, leftovers, damaged }, { colour }) {
    const gone = [...remove, ...leftovers]
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

function otherPlace(confirm: string, place: string): HelixError {
  return new HelixError(
    'consent_required',
    `${confirm} is not the place that would be pruned, which is ${place}`,
    {
      hint: `Add --confirm=${place} to consent.`,
      details: { flag: `--confirm=${place}` },
    },
  )
}
