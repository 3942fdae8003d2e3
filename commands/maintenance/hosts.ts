import { HelixError } from '../../src/errors.ts'
import type { Probed } from '../../src/maintenance/probe.ts'
import type { Context } from '../context.ts'
import { gatewayHosts } from '../gateway-hosts.ts'
import type { PlaceInput } from './options.ts'
import type { Where } from './place.ts'

/** Which gateways are asked; a login counts only where maintenance is set through one. */
export function hostsOf(context: Context, { host }: PlaceInput, where: Where): Promise<string[]> {
  return gatewayHosts(context, host, { lastLogin: where === 'gateway' })
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
