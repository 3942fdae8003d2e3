import { type IncomingMessage, request } from 'node:http'
import { request as requestTls } from 'node:https'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import type { Host } from '../../shell/host.ts'

/** A way people's requests take to a gateway. */
export interface Door {
  /** As a person knows it: `https://api.example.com`, `nginx on deploy@vps`. */
  name: string
  /** Whether it must lead to us: a public name may lead to a machine left out, or not here yet. */
  ours: boolean
  /** @throws Error when nobody answers there */
  get(path: string, signal: AbortSignal): Promise<IncomingMessage>
}

/** The public address, as this machine reaches it. */
export function publicDoor(origin: string): Door {
  return {
    name: origin,
    ours: false,
    get: (path, signal) =>
      answered(origin.startsWith('https:') ? requestTls : request, new URL(path, origin), { signal }),
  }
}

/**
 * The web server of a machine, asked there for the public name whatever its address resolves to. Whether its
 * certificate is one that browsers take is not asked here.
 */
export function machineDoor(host: Host, name: string): Door {
  const get = (socket: Duplex, path: string, signal: AbortSignal) =>
    answered(request, new URL(path, `http://${name}`), {
      signal,
      createConnection: () => socket,
    })
  return {
    name: `the web server of ${host.name}`,
    ours: true,
    async get(path, signal) {
      const tls = secured(await host.connect(443), name)
      return get(tls, path, signal).catch(async (error: Error) => {
        signal.throwIfAborted()
        // Where it has no certificate, it speaks plain HTTP.
        return get(await host.connect(80), path, signal).catch(() => {
          throw error
        })
      })
    },
  }
}

function secured(socket: Duplex, name: string): Duplex {
  const tls = connectTls({
    socket,
    rejectUnauthorized: false,
    ...(isIP(name) === 0 && { servername: name }),
  })
  socket.on('error', (error) => tls.destroy(error))
  return tls
}

function answered(
  ask: typeof request,
  url: URL,
  options: Parameters<typeof request>[1] & object,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { host: url.host, accept: 'text/event-stream', 'user-agent': 'helix deploy' }
    ask(url, { ...options, headers }, resolve)
      .on('error', reject)
      .end()
  })
}
