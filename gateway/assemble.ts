import { HelixError } from '../src/errors.ts'
import { silent } from '../src/log/logger.ts'
import type { Metrics } from '../src/metrics/metrics.ts'
import type { Resources } from '../src/resources.ts'
import { alertOnRequests } from './alert-on-requests.ts'
import { createApp } from './app.ts'
import type { FollowedInDiscord } from './discord.ts'
import { createHealth } from './health.ts'
import { createHeartbeatState } from './heartbeat-state.ts'
import type { State } from './opening.ts'
import { allowedOrigins } from './origins.ts'
import { openPage } from './page/page.ts'
import { publicConfig } from './public-config.ts'
import { requestLog } from './request-log.ts'
import type { GatewayOptions } from './server.ts'
import type { Services } from './services.ts'
import { keepWatch } from './watching.ts'

const UNTRUSTED_PROXY =
  'All callers behind this proxy count as one. If it is yours, add its address to trustedProxies in helix.config.ts.'

interface Parts {
  services: Services
  state: State
  release: string
  metrics: Metrics
  discord: FollowedInDiscord
  resources: Resources
}

/** Puts the parts of a running gateway together as its app, and begins to watch how they are. */
export async function assemble(
  { config, db, log = silent, onError }: GatewayOptions,
  { services, state, release, metrics, discord, resources }: Parts,
) {
  const { claudeState, signin, verifier, alerts, maintenance, storage } = services
  const draining = () => state.draining
  const said = () => publicConfig(config, services, state.url)
  const health = createHealth({
    ...{ config, release, db, claudeState, draining },
    discordState: discord.state,
    storageState: storage.state,
    heartbeatState: createHeartbeatState({ q: db, log: services.log, onError }),
    maintenance: maintenance.current,
  })
  const facts = { config, db, services, health, release, onError }
  return createApp({
    services,
    health: {
      health,
      ready: () => !state.draining,
      publicConfig: said,
    },
    page: await openPage(config, said),
    watching: await keepWatch(facts, resources),
    signin: signin && {
      ...signin,
      ...signin.addresses,
      verifier,
      release,
      onUnexpected: onError,
    },
    limits: config.limits,
    trustedProxies: config.trustedProxies,
    onUntrustedProxy: (address) => log.warn({ event: 'untrusted_proxy', address, hint: UNTRUSTED_PROXY }),
    release,
    isAllowedOrigin: allowedOrigins(config, () => state.url),
    watchers: [
      requestLog(log),
      metrics.requests,
      services.traffic,
      alertOnRequests(alerts, config.thresholds, draining),
    ],
    metrics: { ...metrics, token: config.metrics.token?.reveal() },
    onUnforeseen: (cause, { id, method, route }) =>
      onError(new HelixError('internal', `${method} ${route} failed, request ${id}`, { cause })),
  })
}
