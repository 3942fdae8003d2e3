import type { Hono } from 'hono'
import { operations } from '../src/contract/api.ts'
import type { AppDeps } from './app-deps.ts'
import type { GatewayEnv } from './env.ts'
import { authenticate } from './middleware/authenticate.ts'
import { creatorOnly } from './middleware/creator-only.ts'
import { endStreams } from './middleware/end-streams.ts'
import { holdThePersonal } from './middleware/hold-for-maintenance.ts'
import { limitBody } from './middleware/limit-body.ts'
import { limitStreams } from './middleware/limit-streams.ts'
import { limitPeople, limitRefused, limitRefusedTurns } from './middleware/rate-limits.ts'
import { requireScope } from './middleware/require-scope.ts'
import { bodyTooLarge } from './problem.ts'
import { accountRoutes } from './routes/account.ts'
import { adminRoutes } from './routes/admin.ts'
import { chatRoutes } from './routes/chat.ts'
import { conversationRoutes } from './routes/conversations.ts'
import { eventRoutes } from './routes/events.ts'
import { exportRoutes } from './routes/export.ts'
import { feedbackRoutes } from './routes/feedback.ts'
import { generationRoutes } from './routes/generations.ts'
import { maintenanceRoutes } from './routes/maintenance.ts'
import { profileRoutes } from './routes/profile.ts'
import { searchRoutes } from './routes/search.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { statusRoutes } from './routes/status.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { usageRoutes } from './routes/usage.ts'
import { createTurnstile } from './turnstile.ts'

/** How many exports one person may have under way on this gateway. */
const MOST_EXPORTS = 2

/** The longest body any route under /api takes, in bytes: the longest message, each character escaped. */
const LONGEST_BODY = 2 * 1024 * 1024
/** Bodies over 64 KiB that one person's requests may fill at the same time. */
const LARGE_BODIES_AT_ONCE = 4

/** Where turns are asked for. */
const TURN_PATHS = ['/api/chat/message', '/api/conversations/:key/regenerate', '/api/conversations/:key/edit']

type ApiDeps = Pick<AppDeps, 'services' | 'health' | 'watching' | 'signin' | 'limits'>

/** What is under /api: what anyone may ask, what a signed-in person may, and what the creator alone may. */
export function mountApi(
  app: Hono<GatewayEnv>,
  { services, health, watching, signin, limits }: ApiDeps,
): void {
  const { clientErrors, localLimiter, maintenance, testPasses } = services
  const { count } = localLimiter
  app.route('/', statusRoutes({ status: watching.status, clientErrors, count, limits, testPasses }))
  app.use('/api/*', limitRefused(count, limits), authenticate(services), requireScope(operations))
  app.use('/api/*', holdThePersonal(maintenance))
  app.use('/api/admin/*', creatorOnly())
  app.use(
    '/api/*',
    limitStreams(limits.openStreams),
    endStreams(services),
    limitBody(LONGEST_BODY, refuseBody, createTurnstile(LARGE_BODIES_AT_ONCE)),
  )
  for (const path of TURN_PATHS) app.use(path, limitRefusedTurns(count, limits))
  app.route('/', chatRoutes(services))
  app.use('/api/*', limitPeople(count, limits))
  app.route('/', generationRoutes(services.turns))
  app.route('/', conversationRoutes(services))
  app.route('/', searchRoutes(services.search))
  app.route('/', eventRoutes(services.feed))
  app.route('/', profileRoutes(services.profiles))
  app.use('/api/export', limitStreams(MOST_EXPORTS))
  app.route('/', exportRoutes(services.exports))
  app.route('/', accountRoutes(services.accountDeletion))
  app.route('/', usageRoutes(services.usages))
  app.route('/', tokenRoutes(services.accessTokens))
  app.route('/', feedbackRoutes(services.feedback))
  if (signin) app.route('/', sessionRoutes(signin.signedIn))
  app.route('/api/admin', adminRoutes({ ...services, ...watching }))
  app.route('/', maintenanceRoutes({ maintenance, origin: () => health.publicConfig().apiUrl }))
}

function refuseBody(): never {
  throw bodyTooLarge(LONGEST_BODY)
}
