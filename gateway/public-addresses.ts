import type { Config } from '../src/config/config.ts'

/** Where people reach this gateway, and where their browsers may be sent with fresh tokens. */
export interface PublicAddresses {
  /** The gateway, as `https://api.helix.example.com`. */
  origin: () => string
  /** Its page. */
  home: () => string
  /** Every origin that may receive tokens. */
  redirectOrigins: () => readonly string[]
}

/** @param local whether only the person at this machine is served, whatever names are configured */
export function publicAddresses(
  { domains, web }: Pick<Config, 'domains' | 'web'>,
  listening: () => string,
  local: boolean,
): PublicAddresses {
  const named = (domain: string | undefined) => (domain && !local ? [`https://${domain}`] : [])
  const origin = () => named(domains.api)[0] ?? listening()
  return {
    origin,
    home: () => `${named(domains.web)[0] ?? origin()}/`,
    redirectOrigins: () => [
      ...namesOf(listening()),
      ...named(domains.api),
      ...named(domains.web),
      ...named(domains.admin),
      ...web.origins,
    ],
  }
}

/** An address of this machine only is opened under both of its names. */
function namesOf(address: string): string[] {
  return address.startsWith('http://127.0.0.1:')
    ? [address, address.replace('127.0.0.1', 'localhost')]
    : [address]
}
