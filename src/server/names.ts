import type { Config } from '../config/config.ts'

/**
 * The names a server is to answer to for the gateway, where none are given. One that is prepared for a page alone has
 * none: the name leads to another server, and no certificate could be had for it.
 * @param host as it is signed in to, `root@vps.example.com`
 */
export function gatewayNames(
  { domains, deploy }: Pick<Config, 'domains' | 'deploy'>,
  { host, forPages }: { host: string; forPages: boolean },
): string[] {
  const served = deploy.gateway?.hosts.some((each) => machineOf(each) === machineOf(host)) ?? false
  return domains.api !== undefined && (served || !forPages) ? [domains.api] : []
}

function machineOf(host: string): string {
  return host.split('@').at(-1) ?? host
}
