import type { Accounts } from '../../../src/signin/accounts.ts'
import type { AccountAdmin } from '../../../src/signin/admin/admin.ts'
import type { Keys } from '../../../src/signin/keys.ts'
import type { SignInLimits } from '../../../src/signin/limits.ts'
import type { Factors } from '../../../src/signin/mfa/factors.ts'
import type { Verifier } from '../../../src/signin/verifier.ts'

export interface SignInRouteDeps {
  accounts: Accounts
  admin: AccountAdmin
  factors: Factors
  keys: Pick<Keys, 'jwks' | 'issuer' | 'publicKeys'>
  limits: Pick<SignInLimits, 'request' | 'factors'>
  verifier: Verifier
  /** Where a browser goes after a link when nothing else is asked for or allowed. */
  home: () => string
  /** Origins that may receive tokens after a link was followed. */
  redirectOrigins: () => readonly string[]
  release: string
  /** Told of failures nobody foresaw; the client learns nothing of them. */
  onUnexpected: (error: unknown) => void
}
