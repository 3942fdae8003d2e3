import type { Audit } from '../audit/audit.ts'
import type { Database } from '../db/database.ts'
import type { CodeChallenge } from './flow-state.ts'
import type { Keys } from './keys.ts'
import type { SignInLimits } from './limits.ts'
import type { Post } from './mail/post.ts'
import type { Revocations } from './revocations.ts'

export interface AccountsDeps {
  db: Database
  keys: Keys
  /** Where it is written down that an administrator hands out a link. */
  audit: Pick<Audit, 'act'>
  revocations: Revocations
  post: Post
  limits: SignInLimits
  /** Whether a sign-up needs no confirmed address: only on loopback and without SMTP. */
  autoConfirm: boolean
  /** Under which address people reach the gateway, as `https://api.example.com`; asked when a link is made. */
  origin: () => string
  /** Where a link leads in the end when nothing else was asked for. */
  home: () => string
}

/** What a person proves who they are with; `email` in lower case. */
export interface Credentials {
  email: string
  password: string
}

/** Where a flow goes on that a mail interrupts. */
export interface Onward {
  /** Where the link leads in the end. */
  redirectTo: string
  /** Of the program that waits for an `auth_code`; without one, tokens come in the fragment. */
  challenge: CodeChallenge | null
}
