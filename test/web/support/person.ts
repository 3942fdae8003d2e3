import type { BrowserContextOptions } from 'playwright-core'
import { type Client, createClient } from '../../../src/client/client.ts'

/** Somebody with an account. */
export interface Person {
  readonly email: string
  readonly password: string
  readonly userId: string
  readonly token: string
  /** The gateway, as they ask it from elsewhere. */
  readonly client: Client
  /** What the page of a device keeps on which they are signed in. Each is a session of its own when asked once. */
  keptAt(origin: string): Exclude<BrowserContextOptions['storageState'], string | undefined>
}

const PASSWORD = 'correct horse battery staple'
let people = 0

/** Signs somebody new up over HTTP; the gateway confirms by itself. */
export async function signUpPerson(url: string): Promise<Person> {
  people += 1
  const email = `page-${process.pid}-${people}@example.com`
  const session = await post(`${url}/auth/v1/signup`, { email, password: PASSWORD })
  const token = session.access_token
  return {
    email,
    password: PASSWORD,
    userId: session.user.id,
    token,
    client: createClient({ url, fetch, token: async () => token }),
    keptAt: (origin) => ({
      cookies: [],
      origins: [{ origin, localStorage: [{ name: 'helix.session', value: JSON.stringify(session) }] }],
    }),
  }
}

async function post(address: string, body: unknown) {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${address} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as { access_token: string; user: { id: string } }
}
