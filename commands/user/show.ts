import { findPerson } from '../../src/people/admin/find.ts'
import { defineCommand } from '../define.ts'
import { openPeople, who } from './people.ts'
import { personLines } from './shown.ts'

export default defineCommand({
  examples: [
    ['helix user show ada@example.com', 'how she stands, and nothing of what she wrote'],
    ['helix user show ada@example.com --json', 'the same, for a program'],
  ],
  arguments: { who },
  async run({ who }, context) {
    const { db, people } = await openPeople(context)
    return findPerson(db, people, who)
  },
  view: personLines,
})
