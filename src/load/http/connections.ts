import type { Client } from 'undici'

/** Hands a connection to whoever waited for one. */
type Use = (connection: Client) => void

interface Origin {
  all: Client[]
  idle: Client[]
  waiting: Use[]
}

export interface Connections {
  /** Calls `use` with a connection that nobody uses; where no more may be made, once one is given back. */
  take(origin: string, use: Use): void
  giveBack(origin: string, connection: Client): void
  /** Ends all of them, and whatever is under way on them. */
  close(): Promise<void>
}

/**
 * Connections for one request at a time each, `most` to one server. The one used last is used first: undici's own pool
 * looks through all of them for every request, which at 100 took a quarter of what a test can send (docs/performance.md).
 */
export function createConnections(
  open: (origin: string) => Client,
  most = Number.POSITIVE_INFINITY,
): Connections {
  const origins = new Map<string, Origin>()
  const to = (origin: string): Origin => {
    const known = origins.get(origin)
    if (known) return known
    const made: Origin = { all: [], idle: [], waiting: [] }
    origins.set(origin, made)
    return made
  }
  return {
    take(origin, use) {
      const { all, idle, waiting } = to(origin)
      const free = idle.pop()
      if (free) return use(free)
      if (all.length >= most) return void waiting.push(use)
      const made = open(origin)
      all.push(made)
      use(made)
    },
    giveBack(origin, connection) {
      const { idle, waiting } = to(origin)
      const next = waiting.shift()
      if (next) next(connection)
      else idle.push(connection)
    },
    async close() {
      await Promise.all([...origins.values()].flatMap(({ all }) => all.map((each) => each.destroy())))
    },
  }
}
