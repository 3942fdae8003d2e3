import type { SignedInSession, SignedInSessions } from '../contract/sessions.ts'
import type { Http } from './http.ts'

/** Where the caller is signed in; only at a gateway that signs people in itself. Only a session may ask. */
export interface Sessions {
  /** Latest used first. */
  list(): Promise<SignedInSession[]>
  /** @throws HelixError `session_not_found` */
  end(id: string): Promise<void>
}

/** Makes the signed-in sessions of one connection. */
export function createSessions(http: Http): Sessions {
  return {
    list: async () => (await http.json<SignedInSessions>('/api/sessions')).sessions,
    async end(id) {
      await http.json(`/api/sessions/${encodeURIComponent(id)}`, { method: 'DELETE' })
    },
  }
}
