import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { type Client, createClient } from '../../src/client/client.ts'
import { findConfig, type PageConfig } from './config.ts'
import { createSession, type Session } from './signin/session.ts'
import { type Connection, createConnection } from './sync/connection.ts'
import { createFeed, type Feed } from './sync/feed.ts'
import { forgetAtSignOut } from './sync/forget.ts'
import { ownLocks } from './sync/locks.ts'
import { deliverOnly } from './sync/outbox/deliver.ts'
import { createOutbox, type Outbox } from './sync/outbox.ts'
import { watchPresence } from './sync/presence.ts'
import { browserTables } from './sync/store/browser-tables.ts'
import { createStore, type Store } from './sync/store.ts'
import { warnBeforeLeaving } from './sync/warn-before-leaving.ts'
import { createText, type Text } from './text/text.ts'
import { createTheme, type Theme } from './theme/theme.ts'
import { createToasts, type Toasts } from './ui/toasts.ts'

/** What every part of the page stands on; built once, in main.tsx. */
export interface App {
  config: PageConfig
  client: Client
  session: Session
  feed: Feed
  outbox: Outbox
  store: Store
  connection: Connection
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

/** The strings of the language in use; a component that reads them follows a change of language. */
export function useText(): Text['value'] {
  return useApp().text.value
}

/** Builds everything once. @throws when the gateway cannot be found; see `findConfig` */
export async function createApp(): Promise<App> {
  const [config, text] = await Promise.all([
    findConfig(document, import.meta.env, location.origin),
    createText(localStorage, navigator.languages),
  ])
  const presence = watchPresence(window)
  const store = createStore(browserTables)
  const connection = createConnection({ url: config.apiUrl, fetch: window.fetch.bind(window), presence })
  const signIn = { url: config.signInUrl, anonKey: config.anonKey, storage: localStorage }
  const session = forgetAtSignOut(createSession(signIn), store)
  const client = createClient({ url: config.apiUrl, fetch: connection.fetch, token: session.token })
  const tabs = {
    // Only a page over HTTPS, or on the reader's own machine, has locks.
    locks: (navigator as Partial<Navigator>).locks ?? ownLocks(),
    openChannel: (name: string) => new BroadcastChannel(name),
  }
  const feed = createFeed({ client, session, connection, presence, ...tabs, onError: reportError })
  const outbox = createOutbox({ store, session, connection, feed, ...tabs, deliver: deliverOnly(client) })
  warnBeforeLeaving(window, outbox)
  return {
    config,
    client,
    session,
    text,
    feed,
    outbox,
    store,
    connection,
    theme: createTheme(document.documentElement, localStorage),
    toasts: createToasts(),
  }
}
