import { connect, createServer, type Socket } from 'node:net'
import { pipeline } from 'node:stream'

/** Passes connections to `host`:`port` of this machine on to a server that only listens on loopback. */
export async function relay(host: string, target: string): Promise<{ url: string; close(): Promise<void> }> {
  const { hostname, port } = new URL(target)
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    pipeline(near, far, near, () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port')
  const url = new URL(target)
  url.hostname = host
  url.port = String(address.port)
  return {
    url: url.href,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** Has either side of a connection that is passed on end with the other; `open` holds those that are there. */
export function endTogether(near: Socket, far: Socket, open: Set<Socket>): void {
  for (const [socket, other] of [
    [near, far],
    [far, near],
  ] as const) {
    open.add(socket)
    socket
      .on('error', () => {})
      .on('close', () => {
        open.delete(socket)
        other.destroy()
      })
  }
}
