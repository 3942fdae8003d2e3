import type { Operation } from '../operation.ts'
import { SearchPage, SearchQuery } from '../search.ts'

export const searchOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/search',
    id: 'searchMessages',
    summary: 'Finds messages of yours by their words, newest first.',
    description:
      'Words are compared without regard to case and otherwise as they stand; of a long message the first 50,000 characters are searched. A query without a word to look for finds nothing.\n\nA snippet is plain text and may hold what looks like HTML: escape it, then turn U+E000 and U+E001 into the beginning and end of an emphasis.\n\nA page may hold fewer results than asked for, or none, and still lead on: go by `before`.',
    tag: 'Conversations',
    access: 'person',
    scope: 'read',
    query: SearchQuery,
    answers: { 200: { description: 'One page.', schema: SearchPage } },
  },
]
