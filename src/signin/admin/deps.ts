import type { Audit } from '../../audit/audit.ts'
import type { Database } from '../../db/database.ts'
import type { PeopleChanges } from '../../people/changes.ts'
import type { Erase } from '../../people/deletion/erasure.ts'
import type { People } from '../../people/people.ts'
import type { Revocations } from '../revocations.ts'

export interface AdminDeps {
  db: Database
  /** Where it is written down, before it happens, what is done to people. */
  audit: Pick<Audit, 'act'>
  revocations: Pick<Revocations, 'add'>
  /** Who must hear that a person was banned or is gone. */
  changes: Pick<PeopleChanges, 'tell'>
  /** Whose account stays, because the installation is theirs. */
  isCreator: People['isCreator']
  /** What comes before an account is deleted. */
  erase: Erase
}
