import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { type Client, createClient } from '../../src/client/client.ts'
import { comeBackWith } from './chat/replies/come-back.ts'
import { deliverAndFollow } from './chat/replies/deliver.ts'
import { framesOf } from './chat/replies/frames.ts'
import { leaveWithTheirPerson } from './chat/replies/leave.ts'
import { createReplies, type Replies } from './chat/replies/replies.ts'
import { onWake } from './chat/replies/sleep.ts'
import { findConfig, type PageConfig } from './config.ts'
import { registerWorker } from './release/register.ts'
import { createReporter, reportUncaught } from './release/report-errors.ts'
import { type Updates, watchForUpdates } from './release/updates.ts'
import type { Brought } from './signin/brought.ts'
import { type Creator, createCreator } from './signin/creator.ts'
import { createSession, type Session } from './signin/session.ts'
import { type Connection, createConnection } from './sync/connection.ts'
import { createFeed, type Feed } from './sync/feed.ts'
import { forgetAtSignOut } from './sync/forget.ts'
import { ownLocks } from './sync/locks.ts'
import { createOutbox, type Outbox } from './sync/outbox.ts'
import { watchPresence } from './sync/presence.ts'
import { browserTables } from './sync/store/browser-tables.ts'
import { createStore, type Store } from './sync/store.ts'
import { warnBeforeLeaving } from './sync/warn-before-leaving.ts'
import { createText, type Text } from './text/text.ts'
import { createTheme, type Theme } from './theme/theme.ts'
import { createToasts, type Toasts } from './ui/toasts.ts'

export { useText } from './text/use-text.ts'

/** What every part of the page stands on; built once, in main.tsx. */
export interface App {
  config: PageConfig
  client: Client
  session: Session
  creator: Creator
  feed: Feed
  outbox: Outbox
  replies: Replies
  store: Store
  connection: Connection
  updates: Updates
  text: Text
  theme: Theme
  toasts: Toasts
}

export const AppContext = createContext<App | undefined>(undefined)

/** What the page stands on, for a component below main.tsx. */
export function useApp(): App {
  const app = useContext(AppContext)
  if (!app) throw new Error('No App above this component')
  return app
}

/**
 * Builds everything once.
 * @param brought what a mailed link brought
 * @throws when the gateway cannot be found; see `findConfig`
 */
export async function createApp(brought: Brought | undefined): Promise<App> {
  const [config, text] = await Promise.all([
    findConfig(document, import.meta.env, location.origin),
    createText(localStorage, navigator.languages),
  ])
  const presence = watchPresence(window)
  const store = createStore(browserTables)
  const connection = createConnection({ url: config.apiUrl, fetch: window.fetch.bind(window), presence })
  const { signInUrl: url, anonKey } = config
  const { origin } = location
  const kept = createSession({ url, anonKey, storage: localStorage, window, origin, brought })
  const session = forgetAtSignOut(kept, store)
  const client = createClient({ url: config.apiUrl, fetch: connection.fetch, token: session.token })
  const tabs = meetTabs()
  const feed = createFeed({ client, session, connection, presence, ...tabs, onError: reportError })
  const replies = createReplies({ client, onFrame: framesOf(window) })
  leaveWithTheirPerson(session, replies)
  onWake(window, Date.now, replies.reconnect)
  comeBackWith(connection, replies)
  const deliver = deliverAndFollow(replies)
  const outbox = createOutbox({ store, session, connection, feed, ...tabs, deliver })
  warnBeforeLeaving(window, outbox)
  const release = releaseOf(document)
  reportUncaught(window, createReporter({ url: config.apiUrl, fetch: connection.fetch, release }))
  const updates = watchForUpdates({
    workers: ownWorkers(),
    register: registerWorker,
    release,
    presence,
    connection,
  })
  return {
    ...{ config, client, session, feed, outbox, replies, store, connection, updates, text },
    creator: createCreator({ client, session }),
    theme: createTheme(document.documentElement, localStorage),
    toasts: createToasts(),
  }
}

/** How this tab meets the others; only a page over HTTPS, or on the reader's own machine, has locks. */
function meetTabs() {
  return {
    locks: (navigator as Partial<Navigator>).locks ?? ownLocks(),
    openChannel: (name: string) => new BroadcastChannel(name),
  }
}

/** What Vite serves while one works on the page changes too often to be kept by a service worker. */
function ownWorkers(): ServiceWorkerContainer | undefined {
  return import.meta.env.PROD ? (navigator as Partial<Navigator>).serviceWorker : undefined
}

/** The script this tab began with: its name is made from its content, so it tells the release. */
function releaseOf(page: Document): string {
  const script = page.querySelector<HTMLScriptElement>('script[type=module]')
  return script ? new URL(script.src).pathname : ''
}
