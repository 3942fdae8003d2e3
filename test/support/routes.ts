import { createApp } from '../../gateway/app.ts'
import type { RunningGateway } from '../../gateway/server.ts'

/** One route as it is registered: `GET /api/conversations/:key`. */
export interface Route {
  method: string
  path: string
}

/** Every route of a running gateway, middleware left out, in the order of registration. */
export function routesOf({ services, release, url }: RunningGateway): Route[] {
  const unused = () => {
    throw new Error('This app only lists its routes')
  }
  const app = createApp({
    services,
    health: { health: unused, ready: unused, publicConfig: unused },
    signin: services.signin && {
      ...services.signin,
      verifier: services.verifier,
      origin: () => url,
      redirectOrigins: [],
      release,
      onUnexpected: unused,
    },
    trustedProxies: [],
    onUnforeseen: unused,
  })
  return app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => ({ method, path }))
}
