import type { Server, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** Resolves once all that a server is answering at the moment has been answered, or after `ms`. */
export type Answered = (ms: number) => Promise<void>

/** Follows what a server is answering: from the head of a request until its answer has left, or its caller. */
export function followAnswers(server: Server): Answered {
  const open = new Set<ServerResponse>()
  server.on('request', (_, response) => {
    open.add(response)
    response.once('close', () => open.delete(response))
  })
  return async function answered(ms) {
    const closed = [...open].map((response) => new Promise((resolve) => response.once('close', resolve)))
    const done = new AbortController()
    const late = sleep(ms, undefined, { signal: done.signal }).catch(() => {})
    await Promise.race([Promise.all(closed), late])
    done.abort()
  }
}
