import type { Client } from 'undici'

/** A connection, for one request at a time. */
export interface Connection {
  readonly client: Client
  /** Told once nobody uses it any longer. */
  giveBack(): void
}

/** Hands a connection to whoever waited for one. */
type Use = (connection: Connection) => void

interface Origin {
  all: Connection[]
  idle: Connection[]
  waiting: Use[]
}

export interface Connections {
  /** Calls `use` with a connection that nobody uses; where no more may be made, once one is given back. */
  take(origin: string, use: Use): void
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
      const place = to(origin)
      const free = place.idle.pop()
      if (free) return use(free)
      if (place.all.length >= most) return void place.waiting.push(use)
      const made = connection(open(origin), place)
      place.all.push(made)
      use(made)
    },
    async close() {
      await Promise.all([...origins.values()].flatMap(({ all }) => all.map(({ client }) => client.destroy())))
    },
  }
}

function connection(client: Client, { idle, waiting }: Origin): Connection {
  const made: Connection = {
    client,
    giveBack() {
      const next = waiting.shift()
      if (next) next(made)
      else idle.push(made)
    },
  }
  return made
}
