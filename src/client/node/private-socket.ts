import { Agent, fetch as undiciFetch } from 'undici'

/** Origin by which requests over a private socket are addressed; no name is ever looked up. */
export const SOCKET_ORIGIN = 'http://localhost'

/** A `fetch` over one Unix socket, and the way to end its connections. */
export interface SocketFetch {
  fetch: typeof globalThis.fetch
  close(): Promise<void>
}

/** Makes the `fetch` that reaches a gateway over the Unix socket at `path`, whatever host the URL names. */
export function socketFetch(path: string): SocketFetch {
  // Replies may think for longer than undici's own limits; the client has watchdogs of its own.
  const agent = new Agent({ connect: { socketPath: path }, headersTimeout: 0, bodyTimeout: 0 })
  const overSocket = (input: string, init: object = {}) => undiciFetch(input, { ...init, dispatcher: agent })
  return {
    // Same behaviour, two packages' types: undici's own and those of the platform.
    fetch: overSocket as unknown as typeof globalThis.fetch,
    close: () => agent.destroy(),
  }
}
