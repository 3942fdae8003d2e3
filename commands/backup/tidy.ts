import type { Destination } from '../../src/backup/destinations/destination.ts'
import { type PrunePlan, planPrune, prune } from '../../src/backup/prune.ts'
import { HelixError } from '../../src/errors.ts'
import type { Context } from '../context.ts'

/** What a command must say that it does, to remove backups. */
export const PRUNE_ACTS = ['backup.prune.start'] as const

/** Refuses a confirmation of another place. @throws HelixError `consent_required` */
export function assertConfirmed({ confirm }: Context, { name }: Destination): void {
  if (confirm === name) return
  const given = confirm === undefined ? 'Removing backups' : `${confirm} is not the place: removing backups`
  throw new HelixError('consent_required', `${given} from ${name} was not done without consent`, {
    hint: `Add --confirm=${name} to consent.`,
    details: { flag: `--confirm=${name}` },
  })
}

/** What may go by the configuration. */
export async function planned(context: Context, destination: Destination): Promise<PrunePlan> {
  const { backup } = await context.config()
  const retention = { days: backup.keepDays, weeks: backup.keepWeeks, months: backup.keepMonths }
  const plan = await planPrune(destination, retention, new Date())
  if (plan.uploadsRefused !== undefined)
    context.say(
      `${destination.name} does not tell of uploads that were never finished: ${plan.uploadsRefused}`,
    )
  return plan
}

/** Removes it, written down before and after. */
export async function tidy(context: Context, destination: Destination, plan: PrunePlan): Promise<void> {
  const { remove, leftovers } = plan
  const uploads = plan.uploads.map(({ name }) => name)
  if (remove.length + leftovers.length + uploads.length === 0) return
  const told = { from: destination.name, remove, leftovers, uploads }
  await context.log().act('backup.prune.start', told, () => prune(destination, plan))
}
