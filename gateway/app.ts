import { Hono } from 'hono'
import { operations } from '../src/contract/api.ts'
import { mountApi } from './api.ts'
import type { AppDeps } from './app-deps.ts'
import type { GatewayEnv } from './env.ts'
import { caller } from './middleware/caller.ts'
import { closeWhenDraining } from './middleware/close-when-draining.ts'
import { cors } from './middleware/cors.ts'
import { holdForMaintenance } from './middleware/hold-for-maintenance.ts'
import { observe } from './middleware/observe.ts'
import { rateLimitHeaders } from './middleware/rate-limit-headers.ts'
import { limitRefused, limitStrangers } from './middleware/rate-limits.ts'
import { refuseAmbiguous } from './middleware/refuse-ambiguous.ts'
import { requestId } from './middleware/request-id.ts'
import { requireRoom } from './middleware/require-room.ts'
import { safeHeaders } from './middleware/safe-headers.ts'
import { noRoute } from './no-route.ts'
import { serviceWorkerOff } from './page/service-worker-off.ts'
import { renderProblem } from './problem.ts'
import { healthRoutes } from './routes/health.ts'
import { homeRoutes } from './routes/home.ts'
import { localRoutes } from './routes/local.ts'
import { bypassRoutes } from './routes/maintenance.ts'
import { metricsRoutes } from './routes/metrics.ts'
import { referenceRoutes } from './routes/reference.ts'
import { signinRoutes } from './routes/signin.ts'
import { streamProbeRoutes } from './routes/stream-probe.ts'

/** What anyone may ask, and what costs something; process managers ask /health/live and /health/ready without limit. */
const OPEN_TO_STRANGERS = [
  ...['/', '/health', '/health/probe/*', '/config.json', '/openapi.json', '/docs', '/docs/*'],
  '/maintenance/*',
]

/** The gateway's routes over the services given; never listens. */
export function createApp(deps: AppDeps): Hono<GatewayEnv> {
  const { services, health, page, signin, limits, metrics } = deps
  const app = new Hono<GatewayEnv>()
  const problem = renderProblem(deps.onUnforeseen)
  app.onError(problem)
  app.notFound((c) => page?.notFound(c) ?? problem(noRoute(app, c), c))
  const { count } = services.localLimiter
  app.use(
    requestId(),
    observe(deps.watchers),
    caller(deps.trustedProxies, deps.onUntrustedProxy),
    safeHeaders(),
    rateLimitHeaders(),
    cors(deps.isAllowedOrigin),
  )
  app.use(closeWhenDraining(health.ready), refuseAmbiguous())
  app.use(holdForMaintenance(services.maintenance, problem), page?.serve ?? serviceWorkerOff())
  app.use(requireRoom(services.storage))
  for (const path of OPEN_TO_STRANGERS) app.use(path, limitStrangers(count, limits, services.testPasses))
  for (const path of ['/metrics', '/health/probe']) app.use(path, limitRefused(count, limits))
  app.route('/', healthRoutes(health))
  app.route('/', homeRoutes(health))
  app.route('/', bypassRoutes(services.maintenance))
  app.route('/', metricsRoutes(metrics))
  app.route('/', streamProbeRoutes({ release: deps.release, token: metrics.token }))
  app.route(
    '/',
    referenceRoutes({
      operations: operationsHere(signin !== undefined),
      release: deps.release,
      origin: () => health.publicConfig().apiUrl,
    }),
  )
  if (signin) {
    app.route('/auth/v1', signinRoutes(signin))
    app.route('/local', localRoutes({ accounts: signin.accounts, people: services.people }))
  }
  mountApi(app, deps)
  return app
}

/** Where Supabase signs people in, what belongs to the built-in sign-in is not there. */
function operationsHere(builtInSignIn: boolean) {
  return operations.filter(({ path }) => builtInSignIn || !/^\/(auth\/v1\/|local\/|api\/sessions)/.test(path))
}
