import type { SignedIn } from '../src/signin/signed-in.ts'
import type { RequestWatcher } from './middleware/observe.ts'
import type { RateLimits } from './middleware/rate-limits.ts'
import type { Page } from './page/page.ts'
import type { ErrorSink } from './problem.ts'
import type { HealthDeps } from './routes/health.ts'
import type { MetricsDeps } from './routes/metrics.ts'
import type { SignInRouteDeps } from './routes/signin/deps.ts'
import type { Services } from './services.ts'
import type { Reports } from './watching.ts'

/** What the gateway's routes stand on. */
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
    | 'storage'
    | 'feedback'
    | 'clientErrors'
    | 'peopleAdmin'
    | 'testPeople'
    | 'testPasses'
  >
  health: HealthDeps
  /** The built page; absent where it was not built, or is served elsewhere. */
  page: Page | undefined
  /** What the public and the creator are told of all gateways. */
  watching: Reports
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
