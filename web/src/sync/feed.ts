import { effect, type ReadonlySignal } from '@preact/signals'
import type { Client } from '../../../src/client/client.ts'
import type { FeedEvent } from '../../../src/contract/feed.ts'
import type { SessionState } from '../signin/session.ts'
import type { Connection } from './connection.ts'
import { followTogether, type Tabs } from './feed/follow-together.ts'
import type { Presence } from './presence.ts'

/** What changes for the person on any device, once for all tabs. */
export interface Feed {
  /**
   * Calls back with each event, in order and once; answers how to stop. Whoever shows something reads it anew at
   * `reset`, and at `ready` what was read before it: what changed between the two came as no event.
   */
  subscribe(listener: (event: FeedEvent) => void): () => void
}

export interface FeedDeps extends Tabs {
  client: Pick<Client, 'events'>
  session: { state: ReadonlySignal<SessionState> }
  connection: Pick<Connection, 'state'>
  presence: Pick<Presence, 'visible'>
  /** Told of a listener that threw; the others are called all the same. */
  onError: (error: unknown) => void
}

/** Makes the feed of one page: it follows whoever is signed in, and ends when they no longer are. */
export function createFeed(deps: FeedDeps): Feed {
  const listeners = new Set<(event: FeedEvent) => void>()
  const { session } = deps
  let userId: string | undefined
  let leave = () => {}

  function tell(event: FeedEvent): void {
    for (const listener of [...listeners]) {
      try {
        listener(event)
      } catch (error) {
        deps.onError(error)
      }
    }
  }

  effect(() => {
    const who = session.state.value
    const next = typeof who === 'string' ? undefined : who.userId
    if (next === userId) return
    leave()
    userId = next
    leave = next === undefined ? () => {} : followTogether(next, deps, tell)
  })

  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
