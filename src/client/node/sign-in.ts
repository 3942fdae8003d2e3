import { HelixError } from '../../errors.ts'
import type { Files } from '../../files.ts'
import { type Client, createClient } from '../client.ts'
import type { Http } from '../http.ts'
import { type Gateway, gatewayOrigin } from './gateway.ts'
import { configHome, type Logins, openLogins } from './logins.ts'
import { runningUp } from './run-file.ts'

/** A gateway one can sign in to or out of by its address, and where its login is kept. */
export interface SignInTarget {
  client: Client
  logins: Logins
}

/** What the choice depends on. */
export interface SignInChoice {
  /** As typed, else as configured. */
  address: string | undefined
  environment: Readonly<Record<string, string | undefined>>
  dataDir: string
  /** How login files are written. */
  files: Files
}

/**
 * Finds the gateway to sign in to: the address given, else the local `helix up`, else the last login.
 * @throws HelixError `needs_input` when there is none of them.
 */
export async function signInTarget({
  address,
  environment,
  dataDir,
  files,
}: SignInChoice): Promise<SignInTarget> {
  const logins = openLogins(configHome(environment), files)
  const known = address ?? (await runningUp(dataDir))?.url ?? (await logins.last())?.url
  if (known === undefined) {
    throw new HelixError('needs_input', 'Which gateway to sign in to was not said', {
      hint: 'Name it: `helix login https://helix.example.com`.',
      next: ['helix login <url>'],
    })
  }
  const { fetch } = globalThis
  return { client: createClient({ url: gatewayOrigin(known), fetch }), logins }
}

/**
 * An access token for other programs: of the owner beside a local `helix up`, else of the login there is.
 * @throws HelixError `unauthorized` when nobody is signed in.
 */
export async function accessToken(
  { client, source, url }: Gateway,
  { environment, token, files }: Pick<SignInChoice, 'environment' | 'files'> & { token: string | undefined },
): Promise<string> {
  if (source === 'local') return ownerToken(client.http)
  if (token) return token
  const known = await openLogins(configHome(environment), files).tokens(url, client.signin)()
  if (known) return known
  throw new HelixError('unauthorized', `Not signed in to ${url}`, {
    hint: 'Sign in with `helix login`.',
    next: [`helix login ${url}`],
  })
}

async function ownerToken(http: Http): Promise<string> {
  const { access_token } = await http.json<{ access_token: string }>('/local/token', { method: 'POST' })
  return access_token
}
