import { configHome, openLogins } from '../../src/client/node/logins.ts'
import { runningUp } from '../../src/client/node/run-file.ts'
import { HelixError } from '../../src/errors.ts'
import type { Probed } from '../../src/maintenance/probe.ts'
import type { Context } from '../context.ts'
import type { PlaceInput } from './options.ts'
import type { Where } from './place.ts'

/**
 * Which gateways are asked: those named with --host, else those of the configuration, else the one that commands talk
 * to. None where nobody is known.
 */
export async function hostsOf(context: Context, { host }: PlaceInput, where: Where): Promise<string[]> {
  const { maintenance, domains, client, dataDir } = await context.config()
  const named = host.length > 0 ? host : context.url === undefined ? maintenance.hosts : []
  if (named.length > 0) return [...new Set(named)]
  const { gatewayOrigin } = await import('../../src/client/node/gateway.ts')
  if (context.url !== undefined) return [gatewayOrigin(context.url)]
  if (domains.api !== undefined) return [`https://${domains.api}`]
  if (client.url !== undefined) return [gatewayOrigin(client.url)]
  const here = (await runningUp(dataDir))?.url
  if (here !== undefined) return [here]
  const login =
    where === 'gateway'
      ? await openLogins(configHome(context.environment), context.log('person').files).last()
      : undefined
  return login ? [login.url] : []
}

/** Asks every one of them, until it has `expected` or time is up. */
export async function ask(
  context: Context,
  hosts: readonly string[],
  { wait }: PlaceInput,
  expected?: string | null,
): Promise<Probed[]> {
  const { probe } = await import('../../src/maintenance/probe.ts')
  const options = { fetch: globalThis.fetch, waitMs: wait * 1_000, signal: context.signal }
  return probe(hosts, expected === undefined ? options : { ...options, expected })
}

/** The failure of those that do not have it. */
export function notReached(hosts: readonly Probed[]): HelixError | undefined {
  const missing = hosts.filter(({ reached, problem }) => reached === false || problem !== null)
  if (missing.length === 0) return undefined
  const names = missing.map(({ host }) => host)
  return new HelixError('maintenance_unverified', `Not changed, or not to be asked: ${names.join(', ')}`, {
    hint: 'Where the gateway has another database, or none that answers, run the same with --file on its machine.',
    next: ['helix maintenance status'],
    details: { hosts: names },
  })
}
