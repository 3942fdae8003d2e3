import { randomUUID } from 'node:crypto'
import { Agent, request } from 'undici'
import { readEvents, shownText } from '../support/events.ts'

/** What people saw while they used a gateway. */
export interface Traffic {
  /** Requests over new connections and over kept ones. */
  requests: number
  /** The longest of them, until its answer was whole. */
  longestMs: number
  /** How each failed: what was asked and when it failed, how long it took until then, and what came. */
  failed: string[]
  /** Streamed replies followed from their first event to their last. */
  replies: number
  /** How each was cut, told like a failure. */
  cut: string[]
}

/** What was asked, and since when. */
interface Asked {
  what: string
  began: number
}

/** Uses a gateway as people do, until it is told to stop: requests without pause, and replies that stream all the while. */
export function startTraffic(url: string, token: string, { chats = 3, callers = 4 } = {}) {
  const traffic: Traffic = { requests: 0, longestMs: 0, failed: [], replies: 0, cut: [] }
  const ending = new AbortController()
  const kept = new Agent({ connections: 4 })
  const headers = { authorization: `Bearer ${token}` }

  async function call(fresh: boolean): Promise<void> {
    while (!ending.signal.aborted) {
      const began = performance.now()
      const asked = { what: `GET /api/profile over a ${fresh ? 'new' : 'kept'} connection`, began }
      const dispatcher = fresh ? new Agent({ connections: 1 }) : kept
      try {
        const { statusCode, body } = await request(`${url}/api/profile`, {
          headers,
          dispatcher,
          headersTimeout: 10_000,
        })
        const text = await body.text()
        if (statusCode !== 200) traffic.failed.push(tell(asked, answered(statusCode, text)))
      } catch (error) {
        traffic.failed.push(tell(asked, reasonOf(error)))
      } finally {
        if (fresh) await dispatcher.close()
      }
      traffic.requests += 1
      traffic.longestMs = Math.max(traffic.longestMs, performance.now() - began)
    }
  }

  async function chat(): Promise<void> {
    while (!ending.signal.aborted) {
      const asked = { what: 'POST /api/chat/message', began: performance.now() }
      const response = await fetch(`${url}/api/chat/message`, {
        method: 'POST',
        headers: { ...headers, accept: 'text/event-stream', 'content-type': 'application/json' },
        body: JSON.stringify({ message: 'Tell me of the sea.', clientMessageId: randomUUID() }),
      }).catch((error: unknown) => error as Error)
      if (response instanceof Error) {
        traffic.failed.push(tell(asked, reasonOf(response)))
        continue
      }
      if (response.status !== 200) {
        traffic.failed.push(tell(asked, answered(response.status, await response.text())))
        continue
      }
      let broke = 'the stream ended'
      const events = await readEvents(response).catch((error: unknown) => {
        broke = reasonOf(error)
        return []
      })
      const last = events.at(-1)
      if (last?.event === 'done' && last.data.message?.content === shownText(events)) traffic.replies += 1
      else traffic.cut.push(tell(asked, `${broke} after ${JSON.stringify(last ?? 'no event')}`))
    }
  }

  const all = [
    ...Array.from({ length: callers }, (_, place) => call(place % 2 === 0)),
    ...Array.from({ length: chats }, chat),
  ]
  return {
    traffic,
    /** Lets what is open end, and resolves to what was seen. */
    async stop(): Promise<Traffic> {
      ending.abort()
      await Promise.all(all)
      await kept.close()
      return traffic
    },
  }
}

/** In the clock of a deploy's journal and of the logs, so that they tell what happened at that moment. */
function tell({ what, began }: Asked, came: string): string {
  return `${new Date().toISOString()} ${what} failed after ${Math.round(performance.now() - began)} ms: ${came}`
}

function answered(status: number, text: string): string {
  return `${status} ${text.replaceAll(/\s+/g, ' ').slice(0, 200)}`
}

function reasonOf(error: unknown): string {
  const { cause } = error as Error
  return cause === undefined ? String(error) : `${error}: ${reasonOf(cause)}`
}
