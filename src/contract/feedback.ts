import { z } from 'zod'
import { writtenText } from './text.ts'

/** The longest comment, in characters. */
const COMMENT_LIMIT = 2000

const Rating = z.enum(['up', 'down'])

export const Feedback = z
  .object({
    messageId: z.uuid().describe('The reply it is about.'),
    rating: Rating,
    comment: z.string().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Feedback', description: 'What you think of a reply.' })
export type Feedback = z.infer<typeof Feedback>

export const FeedbackRequest = z
  .strictObject({
    messageId: z.uuid().describe('A reply of one of your conversations.'),
    rating: Rating.nullable().describe('null takes back what you gave.'),
    comment: writtenText(COMMENT_LIMIT, 0)
      .optional()
      .describe(`What you want to say about it, at most ${COMMENT_LIMIT} characters; left out it goes.`),
  })
  .meta({ id: 'FeedbackRequest' })
export type FeedbackRequest = z.infer<typeof FeedbackRequest>

export const GivenFeedback = z.object({ feedback: Feedback.nullable() }).meta({ id: 'GivenFeedback' })

export const FeedbackQuery = z.strictObject({ sessionKey: z.uuid().describe('One of your conversations.') })

export const FeedbackList = z
  .object({
    feedback: z.array(Feedback).describe('Of the replies of the conversation, latest change first.'),
  })
  .meta({ id: 'FeedbackList' })
export type FeedbackList = z.infer<typeof FeedbackList>
