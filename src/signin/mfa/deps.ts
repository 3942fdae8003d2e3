import type { Audit } from '../../audit/audit.ts'
import type { Database } from '../../db/database.ts'
import type { PeopleChanges } from '../../people/changes.ts'
import type { Keys } from '../keys.ts'
import type { Revocations } from '../revocations.ts'
import type { SecretBox } from './secret-box.ts'

export interface MfaDeps {
  db: Database
  keys: Keys
  revocations: Pick<Revocations, 'add'>
  /** Who must hear that a person has a second factor now, or no longer has one. */
  changes: Pick<PeopleChanges, 'tell'>
  /** Where it is written down that an administrator takes a factor away. */
  audit: Pick<Audit, 'act'>
  box: SecretBox
  /** What an authenticator calls this installation unless the client says otherwise. */
  issuer: () => string
}
