import { z } from 'zod'
import { typist } from '../../src/audit/actors.ts'
import { HelixError } from '../../src/errors.ts'
import { argument, defineCommand } from '../define.ts'

export default defineCommand({
  examples: [
    ['helix user creator ada@example.com', 'make her the creator of this installation'],
    ['helix user creator ada@example.com --env production --yes', 'in the database of .env.production'],
    ['helix user creator ada@example.com --dry-run', 'say who it is now, and change nothing'],
  ],
  description:
    'The creator has full trust and the administration; there is one. Works on the database of the configuration, ' +
    'beside a running `helix up` too; running gateways act on it within seconds.',
  arguments: { email: argument('<email>', 'address of somebody who has signed up', z.email()) },
  acts: ['user.creator.start'],
  dryRun: true,
  async run({ email: given }, context) {
    const config = await context.config(['database'])
    const { addressOf, findAccount, nameCreator, readCreator } = await import('../../src/people/creator.ts')
    const db = await context.existingDatabase()
    if (!db) throw noDatabase(config.dataDir)
    const { userId, email } = await findAccount(db, given)
    const current = await readCreator(db)
    const before = current === null ? null : await addressOf(db, current)
    refuseConfigured(config.creatorId, userId)
    const changed = current !== userId
    if (changed && !context.dryRun) {
      await context.consent({ act: `Make ${email} the creator${before ? ` in place of ${before}` : ''}` })
      await nameCreator({ db, audit: await context.log().audit() }, userId, typist())
    }
    return { userId, email, before, changed: changed && !context.dryRun }
  },
  view({ email, before, changed }, { colour, dryRun }) {
    if (dryRun) return `The creator is ${before ?? 'nobody'}; it would be ${email}.`
    if (!changed) return `${email} is the creator already.`
    const undo = before ? colour.dim(`\nTo undo: helix user creator ${before}`) : ''
    return `${colour.green('✔')} ${email} is the creator now${before ? `, it was ${before}` : ''}.${undo}`
  },
})

/** What the configuration says comes before what the database does, so that nothing would come of it. */
function refuseConfigured(configured: string | undefined, userId: string): void {
  if (configured === undefined || configured === userId) return
  throw new HelixError('precondition_failed', `The configuration names another creator, ${configured}`, {
    hint: 'Take RODRIGO_CREATOR_ID out of the environment or its file (`helix config show` says where it is), or set it to this user.',
    next: ['helix config show'],
  })
}

function noDatabase(dataDir: string): HelixError {
  return new HelixError('precondition_failed', `There is no database in ${dataDir} yet`, {
    hint: 'Start Helix once; whoever is to be the creator then signs up.',
    next: ['helix up'],
  })
}
