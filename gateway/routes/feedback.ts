import { Hono } from 'hono'
import { FeedbackQuery, FeedbackRequest } from '../../src/contract/feedback.ts'
import type { FeedbackBook } from '../../src/feedback/feedback.ts'
import { jsonBody, queryOf } from '../body.ts'
import type { GatewayEnv } from '../env.ts'

/** What the caller thinks of the replies they were given. */
export const feedbackRoutes = (feedback: FeedbackBook) =>
  new Hono<GatewayEnv>()
    .get('/api/feedback', async (c) => {
      const { sessionKey } = queryOf(c, FeedbackQuery)
      return c.json({ feedback: await feedback.of(c.get('person').userId, sessionKey) })
    })
    .post('/api/feedback', async (c) => {
      const given = await jsonBody(c, FeedbackRequest)
      return c.json({ feedback: await feedback.give(c.get('person'), given) })
    })
