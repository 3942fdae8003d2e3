import { type Context, Hono } from 'hono'
import { SignInError } from '../../src/signin/failure.ts'
import { limitBody } from '../middleware/limit-body.ts'
import { requireServiceRole } from '../middleware/service-role.ts'
import { adminLinkRoutes } from './signin/admin/links.ts'
import { adminRoutes } from './signin/admin.ts'
import type { SignInRouteDeps } from './signin/deps.ts'
import { factorRoutes } from './signin/factors.ts'
import { mailRoutes } from './signin/mail.ts'
import { notOfferedRoutes } from './signin/not-offered.ts'
import { publicRoutes } from './signin/public.ts'
import { LONGEST_BODY, refuseLargeBody } from './signin/request.ts'
import { signUpRoutes } from './signin/sign-up.ts'
import { tokenRoutes } from './signin/token.ts'
import { userRoutes } from './signin/user.ts'
import { verifyRoutes } from './signin/verify.ts'
import { signInFailure } from './signin-failure.ts'

/** Sign-in under `/auth/v1`, as an unmodified GoTrue client expects it. Routes of `/admin` are behind the service key. */
export function signinRoutes(deps: SignInRouteDeps) {
  return new Hono()
    .onError(signInFailure(deps.onUnexpected))
    .use(limitBody(LONGEST_BODY, refuseLargeBody), keepOutOfCaches)
    .use('/admin/*', requireServiceRole(deps.keys))
    .route('/', signUpRoutes(deps))
    .route('/', tokenRoutes(deps))
    .route('/', userRoutes(deps))
    .route('/', verifyRoutes(deps))
    .route('/', mailRoutes(deps))
    .route('/', adminLinkRoutes(deps))
    .route('/', notOfferedRoutes())
    .route('/', publicRoutes(deps))
    .route('/', adminRoutes(deps))
    .route('/', factorRoutes(deps))
    .all('*', (c) => {
      throw new SignInError('validation_failed', `No route ${c.req.method} ${c.req.path}`, { status: 404 })
    })
}

async function keepOutOfCaches(c: Context, next: () => Promise<void>): Promise<void> {
  c.header('Cache-Control', 'no-store')
  c.header('Referrer-Policy', 'no-referrer')
  await next()
}
