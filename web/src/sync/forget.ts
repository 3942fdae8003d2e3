import { effect } from '@preact/signals'
import type { Session } from '../signin/session.ts'
import type { Store } from './store.ts'

/**
 * The same session, after whose end this device knows nothing of the person any more. Whoever signs out takes the
 * messages with them that were not sent; where the session ended without them, these wait for their return.
 */
export function forgetAtSignOut(session: Session, store: Store): Session {
  let userId: string | undefined
  effect(() => {
    const state = session.state.value
    if (state === 'unknown') return
    const next = state === 'signed-out' ? undefined : state.userId
    if (userId !== undefined && next !== userId) void store.forget('loaded', userId)
    if (next !== undefined) store.welcome(next)
    userId = next
  })
  return {
    ...session,
    async signOut(scope) {
      const leaving = userId
      await session.signOut(scope)
      if (leaving !== undefined) await store.forget('everything', leaving)
    },
  }
}
