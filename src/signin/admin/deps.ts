import type { Database } from '../../db/database.ts'
import type { PeopleChanges } from '../../people/changes.ts'
import type { Revocations } from '../revocations.ts'

export interface AdminDeps {
  db: Database
  revocations: Pick<Revocations, 'add'>
  /** Who must hear that a person was banned or is gone. */
  changes: Pick<PeopleChanges, 'tell'>
}
