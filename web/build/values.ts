import { loadConfig } from '../../src/config/load.ts'
import { viteValues } from '../../src/config/vite/values.ts'

/**
 * What a page for a host that is no gateway is built with: `VITE_API_URL` and the like, from `web/.env.<env>` or
 * derived from the configuration. A page that a gateway serves is told by it instead, and needs none.
 * @throws HelixError `config_invalid`, also when one of the values is a secret
 */
export async function builtValues(root: string): Promise<Record<string, string>> {
  const environment = process.env
  const config = await loadConfig({ cwd: root, environment, needs: [] })
  return viteValues(config, 'web', environment)
}

/** Where Helix itself is opened, for a page that is not it; undefined where the configuration does not say. */
export async function homeOf(root: string): Promise<string | undefined> {
  const { domains, web } = await loadConfig({ cwd: root, environment: process.env, needs: [] })
  const host = domains.web ?? (web.serve ? domains.api : undefined)
  return host === undefined ? undefined : `https://${host}/`
}
