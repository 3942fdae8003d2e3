import type { Database } from '../db/database.ts'
import type { Keys } from './keys.ts'
import type { Mailer } from './mail.ts'
import type { Revocations } from './revocations.ts'

export interface AccountsDeps {
  db: Database
  keys: Keys
  revocations: Revocations
  mail: Mailer
  /** Whether a sign-up needs no confirmed address: only on loopback and without SMTP. */
  autoConfirm: boolean
  /** The gateway's own address, as `http://127.0.0.1:3000`; asked when a link is made. */
  origin: () => string
}

/** What a person proves who they are with; `email` in lower case. */
export interface Credentials {
  email: string
  password: string
}
