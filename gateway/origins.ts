import type { Config } from '../src/config/config.ts'

/** Where the desktop application's page comes from: macOS and Linux, Windows. */
const DESKTOP = ['tauri://localhost', 'http://tauri.localhost']

/**
 * Whether a page of an origin may call the gateway: its own, those of `domains` and `web.origins`, the desktop's.
 * @param own the gateway's own address, known once it listens
 */
export function allowedOrigins(
  { domains, web }: Pick<Config, 'domains' | 'web'>,
  own: () => string,
): (origin: string) => boolean {
  const hosts = [domains.web, domains.api, domains.admin, domains.status].filter((host) => host !== undefined)
  const allowed = new Set([
    ...DESKTOP,
    ...[...hosts.map((host) => `https://${host}`), ...web.origins].map(asSent),
  ])
  return (origin) => allowed.has(origin) || origin === own()
}

/** An origin as browsers send it: in small letters, without a port that goes without saying. */
function asSent(written: string): string {
  const { origin = 'null' } = URL.parse(written) ?? {}
  return origin === 'null' ? written.toLowerCase() : origin
}
