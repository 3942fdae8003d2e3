import { z } from 'zod'
import { typist } from '../../src/audit/actors.ts'
import { findPerson } from '../../src/people/admin/find.ts'
import { argument, defineCommand } from '../define.ts'
import { CHANGES, openPeople, who } from './people.ts'
import { nameOf } from './shown.ts'

export default defineCommand({
  examples: [
    ['helix user trust ada@example.com 0.9', 'trust her more than the usual 0.5'],
    ['helix user trust ada@example.com 0.9 --dry-run', 'say what it is now, and change nothing'],
  ],
  arguments: { who, level: argument('<level>', '0 to 1', z.coerce.number().min(0).max(1)) },
  acts: [...CHANGES],
  dryRun: true,
  async run({ who, level }, context) {
    const { db, people } = await openPeople(context)
    const before = await findPerson(db, people, who)
    if (context.dryRun || before.trustLevel === level)
      return { person: before, before: before.trustLevel, level }
    const person = await people.change(typist(), before.userId, { trustLevel: level })
    return { person, before: before.trustLevel, level }
  },
  view({ person, before, level }, { colour, dryRun }) {
    const name = nameOf(person)
    if (dryRun) return `The trust in ${name} is ${before}; it would be ${level}.`
    if (before === level) return `The trust in ${name} is ${level} already.`
    const undo = colour.dim(`To undo: helix user trust ${name} ${before}`)
    return `${colour.green('✔')} The trust in ${name} is ${level} now.\n${undo}`
  },
})
