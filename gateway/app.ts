import { Hono } from 'hono'
import { operations } from '../src/contract/api.ts'
import type { SignedIn } from '../src/signin/signed-in.ts'
import type { GatewayEnv } from './env.ts'
import { authenticate } from './middleware/authenticate.ts'
import { caller } from './middleware/caller.ts'
import { closeWhenDraining } from './middleware/close-when-draining.ts'
import { cors } from './middleware/cors.ts'
import { creatorOnly } from './middleware/creator-only.ts'
import { endStreams } from './middleware/end-streams.ts'
import { holdForMaintenance, holdThePersonal } from './middleware/hold-for-maintenance.ts'
import { limitBody } from './middleware/limit-body.ts'
import { limitStreams } from './middleware/limit-streams.ts'
import { observe, type RequestWatcher } from './middleware/observe.ts'
import { rateLimitHeaders } from './middleware/rate-limit-headers.ts'
import {
  limitPeople,
  limitRefused,
  limitRefusedTurns,
  limitStrangers,
  type RateLimits,
} from './middleware/rate-limits.ts'
import { refuseAmbiguous } from './middleware/refuse-ambiguous.ts'
import { requestId } from './middleware/request-id.ts'
import { requireScope } from './middleware/require-scope.ts'
import { safeHeaders } from './middleware/safe-headers.ts'
import { noRoute } from './no-route.ts'
import type { Page } from './page/page.ts'
import { serviceWorkerOff } from './page/service-worker-off.ts'
import { bodyTooLarge, type ErrorSink, renderProblem } from './problem.ts'
import { accountRoutes } from './routes/account.ts'
import { chatRoutes } from './routes/chat.ts'
import { conversationRoutes } from './routes/conversations.ts'
import { eventRoutes } from './routes/events.ts'
import { exportRoutes } from './routes/export.ts'
import { generationRoutes } from './routes/generations.ts'
import { type HealthDeps, healthRoutes } from './routes/health.ts'
import { homeRoutes } from './routes/home.ts'
import { localRoutes } from './routes/local.ts'
import { bypassRoutes, maintenanceRoutes } from './routes/maintenance.ts'
import { type MetricsDeps, metricsRoutes } from './routes/metrics.ts'
import { profileRoutes } from './routes/profile.ts'
import { referenceRoutes } from './routes/reference.ts'
import { searchRoutes } from './routes/search.ts'
import { sessionRoutes } from './routes/sessions.ts'
import type { SignInRouteDeps } from './routes/signin/deps.ts'
import { signinRoutes } from './routes/signin.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { usageRoutes } from './routes/usage.ts'
import type { Services } from './services.ts'
import { createTurnstile } from './turnstile.ts'

/** How many exports one person may have under way on this gateway. */
const MOST_EXPORTS = 2

/** The longest body any route under /api takes, in bytes: the longest message, each character escaped. */
const LONGEST_BODY = 2 * 1024 * 1024
/** Bodies over 64 KiB that one person's requests may fill at the same time. */
const LARGE_BODIES_AT_ONCE = 4

/** What anyone may ask, and what costs something; process managers ask /health/live and /health/ready without limit. */
const OPEN_TO_STRANGERS = [
  ...['/', '/health', '/config.json', '/openapi.json', '/docs', '/docs/*'],
  '/maintenance/*',
]

/** Where turns are asked for. */
const TURN_PATHS = ['/api/chat/message', '/api/conversations/:key/regenerate', '/api/conversations/:key/edit']

export interface AppDeps {
  services: Pick<
    Services,
    | 'verifier'
    | 'people'
    | 'localLimiter'
    | 'turns'
    | 'feed'
    | 'conversations'
    | 'messages'
    | 'search'
    | 'profiles'
    | 'accessTokens'
    | 'usages'
    | 'accessWatch'
    | 'accountDeletion'
    | 'exports'
    | 'maintenance'
  >
  health: HealthDeps
  /** The built page; absent where it was not built, or is served elsewhere. */
  page: Page | undefined
  /** Built-in sign-in; absent where Supabase signs people in. */
  signin: (SignInRouteDeps & { signedIn: SignedIn }) | undefined
  limits: RateLimits & { openStreams: number }
  /** Proxies whose `X-Forwarded-For` counts. */
  trustedProxies: readonly string[]
  /** Told once of a proxy that is not among them. */
  onUntrustedProxy: (address: string) => void
  release: string
  /** Whether a page of this origin may call the gateway. */
  isAllowedOrigin: (origin: string) => boolean
  /** Told what comes of each request. */
  watchers: readonly RequestWatcher[]
  metrics: MetricsDeps
  onUnforeseen: ErrorSink
}

/** The gateway's routes over the services given; never listens. */
export function createApp({
  services,
  health,
  page,
  signin,
  limits,
  trustedProxies,
  onUntrustedProxy,
  release,
  isAllowedOrigin,
  watchers,
  metrics,
  onUnforeseen,
}: AppDeps): Hono<GatewayEnv> {
  const app = new Hono<GatewayEnv>()
  const problem = renderProblem(onUnforeseen)
  app.onError(problem)
  app.notFound((c) => page?.notFound(c) ?? problem(noRoute(app, c), c))
  const { count } = services.localLimiter
  app.use(
    requestId(),
    observe(watchers),
    caller(trustedProxies, onUntrustedProxy),
    safeHeaders(),
    rateLimitHeaders(),
    cors(isAllowedOrigin),
  )
  app.use(closeWhenDraining(health.ready), refuseAmbiguous())
  app.use(holdForMaintenance(services.maintenance, problem), page?.serve ?? serviceWorkerOff())
  for (const path of OPEN_TO_STRANGERS) app.use(path, limitStrangers(count, limits))
  app.use('/metrics', limitRefused(count, limits))
  app.route('/', healthRoutes(health))
  app.route('/', homeRoutes(health))
  app.route('/', bypassRoutes(services.maintenance))
  app.route('/', metricsRoutes(metrics))
  app.route(
    '/',
    referenceRoutes({
      operations: operationsHere(signin !== undefined),
      release,
      origin: () => health.publicConfig().apiUrl,
    }),
  )
  if (signin) {
    app.route('/auth/v1', signinRoutes(signin))
    app.route('/local', localRoutes({ accounts: signin.accounts, people: services.people }))
  }
  app.use('/api/*', limitRefused(count, limits), authenticate(services), requireScope(operations))
  app.use('/api/*', holdThePersonal(services.maintenance))
  app.use('/api/admin/*', creatorOnly())
  app.use(
    '/api/*',
    limitStreams(limits.openStreams),
    endStreams(services),
    limitBody(LONGEST_BODY, refuseBody, createTurnstile(LARGE_BODIES_AT_ONCE)),
  )
  for (const path of TURN_PATHS) app.use(path, limitRefusedTurns(count, limits))
  app.route('/', chatRoutes(services.turns))
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
  if (signin) app.route('/', sessionRoutes(signin.signedIn))
  app.route(
    '/',
    maintenanceRoutes({
      maintenance: services.maintenance,
      origin: () => health.publicConfig().apiUrl,
    }),
  )
  return app
}

/** Where Supabase signs people in, what belongs to the built-in sign-in is not there. */
function operationsHere(builtInSignIn: boolean) {
  return operations.filter(({ path }) => builtInSignIn || !/^\/(auth\/v1\/|local\/|api\/sessions)/.test(path))
}

function refuseBody(): never {
  throw bodyTooLarge(LONGEST_BODY)
}
