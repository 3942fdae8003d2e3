import { typist } from '../../src/audit/actors.ts'
import { findPerson } from '../../src/people/admin/find.ts'
import { defineCommand } from '../define.ts'
import { CHANGES, openPeople, who } from './people.ts'
import { nameOf } from './shown.ts'

export default defineCommand({
  examples: [
    ['helix user suspend mallory@example.com', 'close every route and the sign-in to them'],
    ['helix user suspend mallory@example.com --yes', 'the same, without a question'],
  ],
  description:
    'Takes their requests and open streams within five seconds on every gateway. What they wrote is kept. Where ' +
    'Supabase signs people in, they are banned there too, with SUPABASE_SERVICE_ROLE.',
  arguments: { who },
  acts: [...CHANGES],
  dryRun: true,
  async run({ who }, context) {
    const { db, people } = await openPeople(context)
    const person = await findPerson(db, people, who)
    if (person.suspended || context.dryRun) return { person, changed: false }
    await context.consent({ act: `Suspend ${nameOf(person)}` })
    return { person: await people.change(typist(), person.userId, { suspended: true }), changed: true }
  },
  view({ person, changed }, { colour, dryRun }) {
    if (dryRun) return `It would suspend ${nameOf(person)}.`
    if (!changed) return `${nameOf(person)} is suspended already.`
    const undo = colour.dim(`To undo: helix user unsuspend ${nameOf(person)}`)
    return `${colour.green('✔')} ${nameOf(person)} is suspended.\n${undo}`
  },
})
