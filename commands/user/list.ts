import { z } from 'zod'
import { AdminPeopleQuery } from '../../src/contract/admin/people.ts'
import { argument, defineCommand, option } from '../define.ts'
import { openPeople } from './people.ts'
import { personLine } from './shown.ts'

export default defineCommand({
  examples: [
    ['helix user list', 'the newest fifty people'],
    ['helix user list ada', 'those whose address or name holds this'],
    ['helix user list --limit 200 --json', 'for a program; `before` leads on'],
  ],
  description: 'Works on the database of the configuration, beside a running `helix up` too.',
  arguments: {
    search: argument('[search]', 'a part of the address or name, or an id', z.string().optional()),
  },
  options: {
    limit: option('-n, --limit <count>', 'how many at most (50)', AdminPeopleQuery.shape.limit),
    before: option('--before <cursor>', 'the page after one whose `before` this is', z.uuid().optional()),
  },
  async run({ search, limit, before }, context) {
    const { people } = await openPeople(context)
    return people.list(AdminPeopleQuery.parse({ search, limit, before }))
  },
  view({ users, total, before }, { colour, note }) {
    if (before !== null) note(`${users.length} of ${total}. On with: --before ${before}`)
    return users.map((person) => personLine(person, colour)).join('\n') || 'Nobody was found.'
  },
})
