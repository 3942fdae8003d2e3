import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Resolves once all that a server is answering at the moment has been answered, or after `ms`. */
export type Answered = (ms: number) => Promise<void>

/** What a server is answering: from the head of a request until its answer has left, or its caller. */
export interface Answering {
  answered: Answered
  /** Ends connections that were used and are not now. Node takes an answer for over while its caller still reads. */
  endUnused(): void
}

export function followAnswers(server: Server): Answering {
  const used = new Set<Socket>()
  const open = new Map<Socket, Set<ServerResponse>>()
  server.on('connection', (socket) =>
    socket.once('close', () => {
      used.delete(socket)
      open.delete(socket)
    }),
  )
  server.on('request', ({ socket }, response) => {
    if (socket.destroyed) return
    const asked = open.get(socket) ?? new Set()
    used.add(socket)
    open.set(socket, asked.add(response))
    response.once('close', () => {
      asked.delete(response)
      if (asked.size === 0) open.delete(socket)
    })
  })
  return {
    async answered(ms) {
      const all = [...open].flatMap(([socket, asked]) => [...asked].map((response) => left(socket, response)))
      const done = new AbortController()
      const late = sleep(ms, undefined, { signal: done.signal }).catch(() => {})
      await Promise.race([Promise.all(all), late])
      done.abort()
    },
    endUnused() {
      for (const socket of used) if (!open.has(socket)) socket.destroy()
    },
  }
}

/** Node 20 does not tell an answer that waits behind another on its connection when its caller leaves; Node 24 does. */
function left(socket: Socket, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', () => resolve())
    socket.once('close', () => resolve())
  })
}
