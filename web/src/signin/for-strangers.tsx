import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { useApp } from '../app.ts'

/** Pages for who is not signed in: whoever is, or becomes so here, goes on to where they wanted to go. */
export function ForStrangers({ children }: { children: ComponentChildren }) {
  const { session } = useApp()
  const { query, route } = useLocation()
  const signedIn = typeof session.state.value !== 'string'
  useEffect(() => {
    if (signedIn) route(ownPath(query.to), true)
  }, [signedIn])
  return signedIn ? null : children
}

/** A path of this page, whatever a link says; elsewhere the beginning. */
function ownPath(wanted: string | undefined): string {
  const target = wanted?.startsWith('/') ? URL.parse(wanted, location.origin) : null
  return target?.origin === location.origin ? target.pathname.replace(/^\/+/, '/') + target.search : '/'
}
