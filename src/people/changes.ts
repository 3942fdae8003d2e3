import type { Database } from '../db/database.ts'
import type { People } from './people.ts'

const CHANNEL = 'helix_people'

/**
 * Makes `people` forget whoever is gone or has become something else, whichever gateway or program did it; resolves
 * to the way to end that.
 */
export function followPeople(
  db: Database,
  people: Pick<People, 'forget' | 'forgetAll'>,
): Promise<() => Promise<void>> {
  return db.listen(
    CHANNEL,
    (userId) => people.forget(userId),
    () => people.forgetAll(),
  )
}
