import { configHome, openLogins } from '../src/client/node/logins.ts'
import { runningUp } from '../src/client/node/run-file.ts'
import { HelixError } from '../src/errors.ts'
import type { Context } from './context.ts'

/**
 * The addresses at which gateways are asked by themselves: those named, else those of the configuration, else the one
 * that commands talk to. None where nobody is known.
 * @param lastLogin whether the gateway one signed in to last counts
 */
export async function gatewayHosts(
  context: Context,
  given: readonly string[],
  { lastLogin = true } = {},
): Promise<string[]> {
  const { maintenance, domains, client, dataDir } = await context.config()
  const named = given.length > 0 ? given : context.url === undefined ? maintenance.hosts : []
  if (named.length > 0) return [...new Set(named)]
  const { gatewayOrigin } = await import('../src/client/node/gateway.ts')
  if (context.url !== undefined) return [gatewayOrigin(context.url)]
  if (domains.api !== undefined) return [`https://${domains.api}`]
  if (client.url !== undefined) return [gatewayOrigin(client.url)]
  const here = (await runningUp(dataDir))?.url
  if (here !== undefined) return [here]
  const login = lastLogin
    ? await openLogins(configHome(context.environment), context.log('person').files).last()
    : undefined
  return login ? [login.url] : []
}

/** The same, for a command that is nothing without any. @throws HelixError `gateway_unreachable` where nobody is known */
export async function knownGateways(
  context: Context,
  given: readonly string[],
  command: string,
): Promise<string[]> {
  const hosts = await gatewayHosts(context, given)
  if (hosts.length > 0) return hosts
  throw new HelixError('gateway_unreachable', 'No gateway is known here', {
    hint: 'Name one with --host or --url, set domains.api in helix.config.ts, or run `helix up`.',
    next: [`${command} --host <address>`, 'helix up'],
  })
}
