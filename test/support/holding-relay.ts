import { connect, createServer, type Socket } from 'node:net'
import { endTogether } from './relay.ts'

/** The way to a server of this machine on which everything can come to a standstill, without a word. */
export interface HoldingRelay {
  port: number
  /** Lets so many more bytes of answers through and then nothing; resolves once it stands still. */
  holdAfter(bytes: number): Promise<void>
  close(): Promise<void>
}

export async function holdingRelay(target: number): Promise<HoldingRelay> {
  const open = new Set<Socket>()
  let left = Number.POSITIVE_INFINITY
  let held = Promise.withResolvers<void>()

  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    endTogether(near, far, open)
    near.pipe(far)
    far.on('data', (chunk) => {
      near.write(chunk.subarray(0, left))
      left -= chunk.length
      if (left > 0) return
      left = 0
      far.pause()
      held.resolve()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    holdAfter(bytes) {
      left = bytes
      held = Promise.withResolvers()
      return held.promise
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
