import { Hono } from 'hono'
import type { ClientErrors } from '../../src/client-errors/client-errors.ts'
import { ClientErrorReport, REPORT_LIMIT } from '../../src/contract/client-errors.ts'
import type { TestPasses } from '../../src/people/test-passes.ts'
import type { StatusBoard } from '../../src/status/board.ts'
import { jsonBody } from '../body.ts'
import type { GatewayEnv } from '../env.ts'
import { limitBody } from '../middleware/limit-body.ts'
import { limitReports, limitStrangers, type RateLimits } from '../middleware/rate-limits.ts'
import { bodyTooLarge } from '../problem.ts'

interface StatusRouteDeps {
  status: StatusBoard
  clientErrors: ClientErrors
  count: Parameters<typeof limitStrangers>[0]
  limits: RateLimits
  testPasses: TestPasses
}

/** What anyone may ask and tell; put it before the middleware that wants a token. */
export const statusRoutes = ({ status, clientErrors, count, limits, testPasses }: StatusRouteDeps) =>
  new Hono<GatewayEnv>()
    .use('/api/status', limitStrangers(count, limits, testPasses))
    .get('/api/status', async (c) => {
      c.header('Cache-Control', 'public, max-age=5')
      return c.json(await status.read())
    })
    .use('/api/client-errors', limitReports(count, limits), limitBody(REPORT_LIMIT, refuse))
    .post('/api/client-errors', async (c) => {
      await clientErrors.take(await jsonBody(c, ClientErrorReport))
      return c.body(null, 204)
    })

function refuse(): never {
  throw bodyTooLarge(REPORT_LIMIT)
}
