import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { limitKey } from '../src/limits/limit-key.ts'
import type { Answering } from './answering.ts'
import { parseAddress } from './caller.ts'

export interface ConnectionLimits {
  /** Most connections at the same time. */
  most: number
  /** Whether an address is a trusted proxy's, behind which there are many callers. */
  isProxy: (address: string) => boolean
  /** How long a caller may leave what was sent to it unread, in ms. */
  stallMs?: number
}

/** A reader that takes nothing for so long is gone, or holds memory on purpose; it can attach again. */
const STALL_MS = 30_000
/** Part of all connections that one address may have. */
const SHARE = 1 / 4

/**
 * Keeps those who hold connections from locking others out: bounds how many there are and how many one address has,
 * ends unused ones when there is no room left, and those whose caller does not read its answer. Callers that are slow
 * to send are the server's own timeouts' to end.
 */
export function guardConnections(
  server: Server,
  { most, isProxy, stallMs = STALL_MS }: ConnectionLimits,
  { endUnused }: Pick<Answering, 'endUnused'>,
): void {
  server.maxConnections = most
  server.on('drop', endUnused)
  server.on('connection', boundPerAddress(Math.floor(most * SHARE), isProxy))
  server.on('request', ({ socket }, response) => {
    // Also fires where the answer is still being made: then there is nothing the caller could have read.
    response.setTimeout(stallMs, () => {
      if (socket.writableLength > 0) socket.destroy()
    })
  })
}

function boundPerAddress(most: number, isProxy: ConnectionLimits['isProxy']): (socket: Socket) => void {
  const open = new Map<string, number>()
  return function boundPerAddress(socket) {
    const address = parseAddress(socket.remoteAddress ?? '')
    if (address === null || isProxy(address)) return
    const key = limitKey(address)
    const count = (open.get(key) ?? 0) + 1
    if (count > most) {
      socket.destroy()
      return
    }
    open.set(key, count)
    socket.once('close', () => {
      const left = (open.get(key) ?? 1) - 1
      if (left > 0) open.set(key, left)
      else open.delete(key)
    })
  }
}
