import type { HttpBindings } from '@hono/node-server'
import type { Standing } from '../src/limits/limiter.ts'
import type { Person } from '../src/people/person.ts'
import type { TokenUse } from '../src/signin/access-tokens/verify.ts'

/** What Hono's context carries from one end of a request to the other. */
export interface GatewayEnv {
  Bindings: Partial<HttpBindings> & {
    /** Set by the private socket's listener alone: whoever can open that socket owns the data directory. */
    owner?: boolean
    /** Whether the request came over a Unix socket, which has no address. */
    unixSocket?: boolean
  }
  Variables: {
    requestId: string
    /** `performance.now()` when the request arrived. */
    receivedAt: number
    /** The caller's address, as far as it can be trusted; null over a Unix socket with no proxy that tells one. */
    address: string | null
    /** Whether the caller uses https, as a trusted proxy says. */
    secure: boolean
    /** Where the caller stands with the limit the request was counted against, told in headers. */
    standing: Standing | undefined
    person: Person
    /** Of a request that follows something: aborted once the person loses the right to it. */
    accessLost: AbortSignal | undefined
    /** The pattern of the page's address, or of its file, that is answered. */
    page: string | undefined
    /** Of a document that is made as it is read: the latest piece that was asked for. */
    reading: Promise<void> | undefined
    /** The personal access token the person asks with; undefined in a session and over the private socket. */
    accessToken: TokenUse | undefined
  }
}
