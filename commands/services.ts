import type { Gateway } from '../src/client/node/gateway.ts'
import type { Config } from '../src/config/config.ts'
import type { ConfigFlags } from '../src/config/layers/flags.ts'
import type { Need } from '../src/config/load.ts'
import type { Globals } from './globals.ts'
import type { Host } from './host.ts'

/** What a command may open. Each is opened at most once, when first asked for, and closed by the run. */
export interface Services {
  /**
   * The configuration; `needs` says what the command cannot do without (nothing, unless told), `flags` what its
   * own options set.
   */
  config(needs?: readonly Need[], flags?: ConfigFlags): Promise<Config>
  /** The gateway the command line means: `--url`, `HELIX_URL`, the local `helix up`, the last login. */
  gateway(): Promise<Gateway>
}

/** What services are made from. */
export interface ServiceDeps {
  host: Host
  globals: Globals
  cwd: string
  onClose(close: () => Promise<void> | void): void
}

/** Makes the services of one run; nothing is imported before it is asked for. */
export function createServices({ host, globals, cwd, onClose }: ServiceDeps): Services {
  const config: Services['config'] = async (needs = [], flags = {}) => {
    const { loadConfig } = await import('../src/config/load.ts')
    const { env, url } = globals
    return loadConfig({ cwd, environment: host.environment, flags: { env, url, ...flags }, needs })
  }
  return {
    config,
    gateway: once(async () => {
      const { findGateway } = await import('../src/client/node/gateway.ts')
      const { client, dataDir } = await config()
      const gateway = await findGateway({
        url: client.url,
        token: client.token?.reveal(),
        environment: host.environment,
        dataDir,
      })
      onClose(gateway.close)
      return gateway
    }),
  }
}

function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined
  return () => {
    opened ??= open()
    return opened
  }
}
