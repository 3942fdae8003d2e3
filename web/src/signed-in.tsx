import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { useApp, useText } from './app.ts'
import css from './signed-in.module.css'
import { Spinner } from './ui/spinner.tsx'

/** Shows its children to somebody who is signed in; everybody else is sent to sign in, and back here after it. */
export function SignedIn({ children }: { children: ComponentChildren }) {
  const { session } = useApp()
  const { url, route } = useLocation()
  const { loading } = useText().common
  const state = session.state.value
  useEffect(() => {
    if (state === 'signed-out')
      route(url === '/' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(url)}`, true)
    // Only when that changes: while another page loads this one is still here, with the address of that.
  }, [state])
  if (typeof state !== 'string') return <>{children}</>
  return (
    <div class={css.waiting}>
      <Spinner label={loading} />
    </div>
  )
}
