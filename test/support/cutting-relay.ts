import { connect, createServer, type Socket } from 'node:net'
import { endTogether } from './relay.ts'

/** The way to a server of this machine, which can be cut in the middle of what is sent. */
export interface CuttingRelay {
  port: number
  /** Bytes sent to the server since it was last mended. */
  sent(): number
  /** Cuts every connection, and lets none through any more, once so many bytes more were sent. */
  cutAfter(bytes: number): void
  mend(): void
  close(): Promise<void>
}

export async function cuttingRelay(target: number): Promise<CuttingRelay> {
  const open = new Set<Socket>()
  let most = Number.POSITIVE_INFINITY
  let sent = 0

  function cut(): void {
    for (const socket of open) socket.destroy()
    open.clear()
  }

  const server = createServer((near) => {
    if (sent >= most) return void near.destroy()
    const far = connect(target, '127.0.0.1')
    endTogether(near, far, open)
    far.pipe(near)
    near.on('data', (chunk) => {
      const passed = chunk.subarray(0, most - sent)
      sent += passed.length
      if (!far.write(passed)) near.pause()
      if (sent >= most) far.write('', cut)
    })
    far.on('drain', () => near.resume())
    near.on('end', () => far.end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    sent: () => sent,
    cutAfter(bytes) {
      sent = 0
      most = bytes
    },
    mend() {
      sent = 0
      most = Number.POSITIVE_INFINITY
    },
    close: () =>
      new Promise((resolve) => {
        cut()
        server.close(() => resolve())
      }),
  }
}
