import type { Context } from 'hono'
import type { Accounts } from '../../../src/signin/accounts.ts'
import type { AccountAdmin } from '../../../src/signin/admin/admin.ts'
import type { Keys } from '../../../src/signin/keys.ts'
import type { Factors } from '../../../src/signin/mfa/factors.ts'
import type { Verifier } from '../../../src/signin/verifier.ts'

export interface SignInRouteDeps {
  accounts: Accounts
  admin: AccountAdmin
  factors: Factors
  keys: Pick<Keys, 'jwks' | 'issuer' | 'publicKeys'>
  verifier: Verifier
  /** The gateway's own address, as `http://127.0.0.1:3000`. */
  origin: () => string
  /** Further origins that may receive tokens after a link was followed. */
  redirectOrigins: readonly string[]
  release: string
  /** The address a request comes from, as far as it can be trusted. */
  clientAddress?: (c: Context) => string | null
  /** Told of failures nobody foresaw; the client learns nothing of them. */
  onUnexpected: (error: unknown) => void
}
