import type { Database } from '../../db/database.ts'
import type { Keys } from '../keys.ts'
import type { Revocations } from '../revocations.ts'
import type { SecretBox } from './secret-box.ts'

export interface MfaDeps {
  db: Database
  keys: Keys
  revocations: Pick<Revocations, 'add'>
  box: SecretBox
  /** What an authenticator calls this installation unless the client says otherwise. */
  issuer: () => string
}
