import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { HelixError } from '../../src/errors.ts'
import type { GatewayEnv } from '../env.ts'

/** Lets the creator pass, and nobody else. @throws HelixError `forbidden` */
export function creatorOnly(): MiddlewareHandler<GatewayEnv> {
  return async function creatorOnly(c, next) {
    // What is not there is said to be so, whoever asks.
    const isRoute = matchedRoutes(c).some(({ method }) => method !== 'ALL')
    if (c.get('person').creator || !isRoute) return next()
    throw new HelixError('forbidden', 'This is for the creator of this installation alone', {
      hint: 'Sign in as the creator; `helix user creator <email>` names one.',
    })
  }
}
