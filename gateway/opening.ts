import type { Metrics } from '../src/metrics/metrics.ts'
import type { Resources } from '../src/resources.ts'
import { keepCheckpoints, recordStart } from './audit.ts'
import { type FollowedInDiscord, followInDiscord } from './discord.ts'
import type { GatewayOptions } from './server.ts'
import { createServices, type Services } from './services.ts'
import { openUpstreams } from './upstream.ts'
import { watchState } from './watch-state.ts'

/** What changes while the gateway runs: where it answers, once it does, and whether it is about to end. */
export interface State {
  url: string
  draining: boolean
}

/** Everything the routes stand on. */
export async function openServices(
  { config, db, host, personal, onError }: GatewayOptions,
  resources: Resources,
  state: State,
  metrics: Metrics,
): Promise<Services> {
  const upstreams = await openUpstreams(config, resources)
  const origin = () => state.url
  const loopback = isLoopback(host)
  return createServices({ config, db, upstreams, metrics, origin, loopback, personal, onError }, resources)
}

/** Ends what earlier processes left open, before anything new begins. */
export async function settleThePast(
  { config, db, onError }: GatewayOptions,
  services: Services,
  release: string,
) {
  const { mode, simulated, dataDir } = config
  const { log, instance, turns } = services
  const sole = db.engine === 'pglite'
  await turns.start({ sole })
  return recordStart({ db, log, instance, dataDir, sole, onError }, { release, mode, simulated })
}

/** Ends after the log was signed for the last time, so that Discord has that, too. */
export function tellDiscord(
  { config, readConfig = async () => config, db, onError }: GatewayOptions,
  { audit, alerts, log, instance, turns }: Services,
  resources: Resources,
  release: string,
  metrics: Metrics,
): FollowedInDiscord {
  const sole = db.engine === 'pglite'
  const openStreams = turns.open
  const facts = { config, readConfig, db, audit, alerts, log, instance, release, sole, openStreams, onError }
  return resources.keep(followInDiscord({ ...facts, metrics: metrics.discord }), (following) =>
    following.stop(),
  )
}

/** In which mode Helix goes on, what earlier gateways left open, and what features cost. */
export async function tellOfState(
  { config, db, onError }: GatewayOptions,
  { audit, alerts, log, instance }: Services,
  resources: Resources,
  { speaks }: FollowedInDiscord,
): Promise<void> {
  const sole = db.engine === 'pglite'
  const stop = await watchState({ config, db, audit, alerts, log, instance, sole, speaks, onError })
  resources.keep(stop, (end) => end())
}

/** Has the log signed while it grows. */
export async function signTheLog(
  { config, db, onError }: GatewayOptions,
  services: Services,
  resources: Resources,
): Promise<void> {
  const { dataDir, audit } = config
  const { instance, files, alerts } = services
  const sole = db.engine === 'pglite'
  const stop = await keepCheckpoints({
    ...{ db, instance, dataDir, auditKey: audit.key },
    ...{ sole, files, alerts, onError },
  })
  resources.keep(stop, (end) => end())
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}
