import { typist } from '../../src/audit/actors.ts'
import { findPerson } from '../../src/people/admin/find.ts'
import { defineCommand } from '../define.ts'
import { CHANGES, openPeople, who } from './people.ts'
import { nameOf } from './shown.ts'

export default defineCommand({
  examples: [['helix user unsuspend ada@example.com', 'let her in again, also after a ban']],
  arguments: { who },
  acts: [...CHANGES],
  dryRun: true,
  async run({ who }, context) {
    const { db, people } = await openPeople(context)
    const person = await findPerson(db, people, who)
    if (!person.suspended || context.dryRun) return { person, changed: false }
    return { person: await people.change(typist(), person.userId, { suspended: false }), changed: true }
  },
  view({ person, changed }, { colour, dryRun }) {
    if (dryRun) return `It would let ${nameOf(person)} in again.`
    if (!changed) return `${nameOf(person)} is not suspended.`
    const undo = colour.dim(`To undo: helix user suspend ${nameOf(person)}`)
    return `${colour.green('✔')} ${nameOf(person)} is let in again.\n${undo}`
  },
})
