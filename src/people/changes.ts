import type { Database } from '../db/database.ts'

const CHANNEL = 'helix_people'

/** Called with whose standing (role, status, ban, existence) changed; undefined when it may be anyone's. */
type OnPersonChanged = (userId: string | undefined) => void

/** Who has become somebody else to Helix, as all gateways on the database hear it. */
export interface PeopleChanges {
  /** Answers the way to end it. */
  subscribe(listener: OnPersonChanged): () => void
  /** Says that a person's standing changed; once it resolves this gateway has heard, the others within moments. */
  tell(userId: string): Promise<void>
  close(): Promise<void>
}

/** Follows the changes of people; what is missed over a lost connection comes as a change of anyone. */
export async function createPeopleChanges(db: Database): Promise<PeopleChanges> {
  const listeners = new Set<OnPersonChanged>()
  const changed = (userId: string | undefined) => {
    for (const listener of listeners) listener(userId)
  }
  const unlisten = await db.listen(CHANNEL, changed, () => changed(undefined))
  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async tell(userId) {
      changed(userId)
      await db.query('select pg_notify($1, $2)', [CHANNEL, userId])
    },
    close: unlisten,
  }
}
