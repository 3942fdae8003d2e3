import type { Client } from '../../../src/client/client.ts'
import type { FeedEvent } from '../../../src/contract/feed.ts'
import type { Session } from '../signin/session.ts'

/** What changes for the person on any device, once for all tabs. */
export interface Feed {
  /** Calls back with each event; answers how to stop. After `reset` a listener reads anew. */
  subscribe(listener: (event: FeedEvent) => void): () => void
}

/** Makes the feed of one page. */
export function createFeed(_deps: { client: Client; session: Session }): Feed {
  return { subscribe: () => () => {} }
}
