import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { type Client, createClient } from '../../src/client/client.ts'
import { findConfig, type PageConfig } from './config.ts'
import { createSession, type Session } from './signin/session.ts'
import { type Connection, createConnection } from './sync/connection.ts'
import { createFeed, type Feed } from './sync/feed.ts'
import { createOutbox, type Outbox } from './sync/outbox.ts'
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
  const session = createSession({ url: config.signInUrl, anonKey: config.anonKey, storage: localStorage })
  const client = createClient({ url: config.apiUrl, fetch, token: session.token })
  return {
    config,
    client,
    session,
    text,
    feed: createFeed({ client, session }),
    outbox: createOutbox({ client, session }),
    connection: createConnection({ client }),
    theme: createTheme(document.documentElement, localStorage),
    toasts: createToasts(),
  }
}
