import type { Aborting } from './aborting.ts'
import { Connection, type OpenClient, type Request } from './connection.ts'

interface Origin {
  all: Connection[]
  idle: Connection[]
  waiting: Request[]
}

export interface Connections {
  /** Sends over a connection that nobody uses; where no more may be made, once one is given back. */
  send(request: Request): void
  /** Ends all of them, and whatever is under way on them. */
  close(): Promise<void>
}

/**
 * Connections for one request at a time each, `most` to one server. The one used last is used first: undici's own pool
 * looks through all of them for every request, which at 100 took a quarter of what a test can send (docs/performance.md).
 */
export function createConnections(
  open: OpenClient,
  aborting: Aborting,
  most = Number.POSITIVE_INFINITY,
): Connections {
  const origins = new Map<string, Origin>()
  function to(origin: string): Origin {
    const known = origins.get(origin)
    if (known) return known
    const made: Origin = { all: [], idle: [], waiting: [] }
    origins.set(origin, made)
    return made
  }
  function connect(origin: string, { all, idle, waiting }: Origin): Connection {
    const made = new Connection(origin, open, aborting, (connection) => {
      const next = waiting.shift()
      if (next) connection.send(next)
      else idle.push(connection)
    })
    all.push(made)
    return made
  }
  return {
    send(request) {
      const { origin } = request.sent
      const there = to(origin)
      const free = there.idle.pop()
      if (free) free.send(request)
      else if (there.all.length < most) connect(origin, there).send(request)
      else there.waiting.push(request)
    },
    async close() {
      await Promise.all([...origins.values()].flatMap(({ all }) => all.map(({ client }) => client.destroy())))
    },
  }
}
