import { HelixError } from '../../errors.ts'
import type { Files } from '../../files.ts'
import { type Client, createClient } from '../client.ts'
import type { Outlast } from '../http.ts'
import { configHome, openLogins } from './logins.ts'
import { SOCKET_ORIGIN, socketFetch } from './private-socket.ts'
import { runningUp } from './run-file.ts'

/** Why this gateway was chosen. */
type GatewaySource = 'configured' | 'local' | 'login'

/** The gateway commands talk to. */
export interface Gateway {
  client: Client
  /** Address to show, and for what needs a real URL; over the private socket that of the running `helix up`. */
  url: string
  source: GatewaySource
  close(): Promise<void>
}

/** What the choice depends on. */
export interface GatewayChoice {
  /** Named by `--url` or `HELIX_URL`. */
  url?: string | undefined
  /** `HELIX_TOKEN`: sent instead of a login's. */
  token?: string | undefined
  /** Where the login files are: `XDG_CONFIG_HOME`, `HOME`. */
  environment: Readonly<Record<string, string | undefined>>
  dataDir: string
  /** How maintenance is waited out, where it is. */
  outlast?: Outlast | undefined
  /** How a renewed login is written. */
  files: Files
}

/**
 * Chooses the gateway: the one named, else the `helix up` that runs on the data directory (over its
 * private socket, as the owner), else the last login.
 * @throws HelixError `gateway_unreachable` when there is none of them, `usage` for an address that is no URL.
 */
export async function findGateway(choice: GatewayChoice): Promise<Gateway> {
  if (choice.url) return remote(gatewayOrigin(choice.url), 'configured', choice)
  const run = await runningUp(choice.dataDir)
  if (run) return local(run.socket, run.url, choice)
  const login = await openLogins(configHome(choice.environment), choice.files).last()
  if (login) return remote(login.url, 'login', choice)
  throw new HelixError('gateway_unreachable', 'No gateway runs here and none was named', {
    hint: 'Run `helix up`, or name one with --url or HELIX_URL.',
    next: ['helix up', 'helix login <url>'],
  })
}

/** The origin of an address as a person types it; without a scheme https, on this machine http. @throws HelixError `usage`. */
export function gatewayOrigin(address: string): string {
  const scheme = /^(localhost|127\.\d|\[::1\])/.test(address) ? 'http' : 'https'
  const url = URL.parse(address.includes('://') ? address : `${scheme}://${address}`)
  if (url && (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '') return url.origin
  throw new HelixError('usage', `No gateway address: ${address}`, {
    hint: 'Give an address like https://helix.example.com.',
  })
}

function local(socket: string, url: string, choice: GatewayChoice): Gateway {
  const { fetch, close } = socketFetch(socket)
  return {
    client: createClient({ url: SOCKET_ORIGIN, fetch, ...waiting(choice) }),
    url,
    source: 'local',
    close,
  }
}

function remote(url: string, source: GatewaySource, choice: GatewayChoice): Gateway {
  const { token, environment, files } = choice
  const { fetch } = globalThis
  const { signin } = createClient({ url, fetch })
  const tokens = token ? async () => token : openLogins(configHome(environment), files).tokens(url, signin)
  return {
    client: createClient({ url, fetch, token: tokens, ...waiting(choice) }),
    url,
    source,
    close: async () => {},
  }
}

function waiting({ outlast }: GatewayChoice): { outlast?: Outlast } {
  return outlast ? { outlast } : {}
}
