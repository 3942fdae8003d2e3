import { HelixError } from '../../errors.ts'
import { type Client, createClient } from '../client.ts'
import { configHome, openLogins } from './logins.ts'
import { SOCKET_ORIGIN, socketFetch } from './private-socket.ts'
import { runningUp } from './run-file.ts'

/** Why this gateway was chosen. */
export type GatewaySource = 'flag' | 'environment' | 'local' | 'login'

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
  /** `--url`. */
  url?: string | undefined
  environment: Readonly<Record<string, string | undefined>>
  dataDir: string
}

/**
 * Chooses the gateway: `--url`, else `HELIX_URL`, else the `helix up` that runs on the data directory (over its
 * private socket, as the owner), else the last login.
 * @throws HelixError `gateway_unreachable` when there is none of them, `usage` for an address that is no URL.
 */
export async function findGateway({ url, environment, dataDir }: GatewayChoice): Promise<Gateway> {
  if (url) return remote(url, 'flag', environment)
  if (environment.HELIX_URL) return remote(environment.HELIX_URL, 'environment', environment)
  const run = await runningUp(dataDir)
  if (run) return local(run.socket, run.url)
  const login = await openLogins(configHome(environment)).last()
  if (login) return remote(login.url, 'login', environment)
  throw new HelixError('gateway_unreachable', 'No gateway runs here and none was named', {
    hint: 'Run `helix up`, or name one with --url or HELIX_URL.',
    next: ['helix up', 'helix login <url>'],
  })
}

/** The origin of an address as a person types it. @throws HelixError `usage`. */
export function gatewayOrigin(address: string): string {
  const url = URL.parse(/^https?:\/\//i.test(address) ? address : `https://${address}`)
  if (url && (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '') return url.origin
  throw new HelixError('usage', `No gateway address: ${address}`, {
    hint: 'Give an address like https://helix.example.com.',
  })
}

function local(socket: string, url: string): Gateway {
  const { fetch, close } = socketFetch(socket)
  return { client: createClient({ url: SOCKET_ORIGIN, fetch }), url, source: 'local', close }
}

function remote(address: string, source: GatewaySource, environment: GatewayChoice['environment']): Gateway {
  const url = gatewayOrigin(address)
  const { fetch } = globalThis
  const { signin } = createClient({ url, fetch })
  const { HELIX_TOKEN } = environment
  const token = HELIX_TOKEN
    ? async () => HELIX_TOKEN
    : openLogins(configHome(environment)).tokens(url, signin)
  return { client: createClient({ url, fetch, token }), url, source, close: async () => {} }
}
