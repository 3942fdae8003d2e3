import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { quoteIdentifier } from '../sql/quote.ts'
import type { Connections } from './connections.ts'

interface Subscription {
  channel: string
  onNotify: (payload: string) => void
  onGap: (() => void) | undefined
}

export interface Listener {
  listen(
    channel: string,
    onNotify: (payload: string) => void,
    onGap?: () => void,
  ): Promise<() => Promise<void>>
  close(): Promise<void>
}

const HEARTBEAT_MS = 15_000
const SHORTEST_RETRY_MS = 100
const LONGEST_RETRY_MS = 5_000

/**
 * One connection that LISTENs for every subscription; it is made at the first one and remade, with growing
 * pauses, whenever it breaks. A heartbeat finds connections that died without a word.
 */
export function createListener({ single, failure }: Connections): Listener {
  const subscriptions = new Set<Subscription>()
  let connecting: Promise<pg.Client> | undefined
  let closed = false

  function connection(): Promise<pg.Client> {
    connecting ??= connect().catch((thrown) => {
      connecting = undefined
      throw thrown
    })
    return connecting
  }

  async function connect(): Promise<pg.Client> {
    const client = await single()
    client.on('notification', ({ channel, payload }) => {
      for (const subscription of subscriptions) {
        if (subscription.channel === channel) subscription.onNotify(payload ?? '')
      }
    })
    for (const channel of new Set([...subscriptions].map((subscription) => subscription.channel))) {
      await client.query(`listen ${quoteIdentifier(channel)}`)
    }
    const stopBeating = beat(client)
    client.once('end', () => {
      stopBeating()
      connecting = undefined
      if (!closed && subscriptions.size > 0) void reconnect()
    })
    return client
  }

  async function reconnect(): Promise<void> {
    for (let pause = SHORTEST_RETRY_MS; !closed; pause = Math.min(pause * 2, LONGEST_RETRY_MS)) {
      await sleep(pause * (0.5 + Math.random() / 2))
      if (closed) return
      try {
        await connection()
        for (const subscription of subscriptions) subscription.onGap?.()
        return
      } catch {
        // The server is still away: the next round tries again.
      }
    }
  }

  return {
    async listen(channel, onNotify, onGap) {
      const subscription = { channel, onNotify, onGap }
      try {
        const client = await connection()
        await client.query(`listen ${quoteIdentifier(channel)}`)
      } catch (thrown) {
        throw failure(thrown)
      }
      subscriptions.add(subscription)
      return async () => {
        subscriptions.delete(subscription)
        if ([...subscriptions].some((other) => other.channel === channel)) return
        const client = await connecting?.catch(() => undefined)
        await client?.query(`unlisten ${quoteIdentifier(channel)}`).catch(() => {})
      }
    },
    async close() {
      closed = true
      const client = await connecting?.catch(() => undefined)
      await client?.end().catch(() => {})
    },
  }
}

/** Asks now and then whether the server is still there, and ends a connection that does not answer. */
function beat(client: pg.Client): () => void {
  const question = { text: 'select 1', query_timeout: HEARTBEAT_MS } as pg.QueryConfig
  const timer = setInterval(() => {
    client.query(question).catch(() => client.connection.stream.destroy())
  }, HEARTBEAT_MS)
  timer.unref()
  return () => clearInterval(timer)
}
