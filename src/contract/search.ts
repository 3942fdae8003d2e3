import { z } from 'zod'
import { Conversation, Message } from './chat.ts'

/** The characters around each hit in a snippet: no text can hold them otherwise, and they mean nothing to HTML. */
export const HIT_BEGIN = '\uE000'
export const HIT_END = '\uE001'

const QUERY_LIMIT = 500

export const SearchQuery = z.strictObject({
  q: z
    .string()
    .max(QUERY_LIMIT, `expected at most ${QUERY_LIMIT} characters`)
    .refine((text) => !text.includes('\0'), 'expected text without the character U+0000')
    .transform((text) => text.toWellFormed().trim())
    .refine((text) => text.length > 0, 'expected some text')
    .describe(
      'Words that must all be there; "a phrase"; `or`; -without. The last word stands for all that begin so.',
    ),
  before: z
    .uuid()
    .optional()
    .transform((given) => given ?? null)
    .describe('The cursor of the page before, exactly as it came.'),
  limit: z.coerce.number().int().min(1).max(50).default(20).describe('How many at most.'),
})
export type SearchRequest = z.infer<typeof SearchQuery>

export const SearchPage = z
  .object({
    results: z.array(
      z.object({
        message: Message,
        conversation: Conversation,
        snippet: z
          .string()
          .describe('Plain text around the first hits, each between the characters U+E000 and U+E001.'),
      }),
    ),
    before: z.uuid().nullable().describe('Leads to the next older page; null at the end.'),
  })
  .meta({ id: 'SearchPage', description: 'Messages that were found, newest first.' })
export type SearchPage = z.infer<typeof SearchPage>
