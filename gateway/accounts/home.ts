import type { Secret } from '../../src/config/secret.ts'
import type { SignInHome } from '../../src/people/admin/homes.ts'
import type { AccountHome } from '../../src/people/deletion/homes.ts'
import type { createTestPeople } from '../../src/people/test-people.ts'
import type { Claims } from '../../src/signin/claims.ts'
import type { TokenSource } from '../../src/signin/token-sources.ts'
import type { BuiltInSignIn } from '../signin.ts'

/** Where people have their accounts, here or at a Supabase project: all that differs between the two. */
export interface Home {
  /** Sign-in as Helix itself does it; absent where a project does. */
  signin: BuiltInSignIn | undefined
  /** Who may have signed a token. */
  sources: readonly TokenSource[]
  /** Finds out whether a session still is one, where nobody tells us of its end. */
  admit?: (claims: Claims) => Promise<void>
  /** How the creator invites people, and closes their sign-in. */
  administration: SignInHome
  /** How an account goes. */
  deletion: AccountHome
  /** Where the throw-away people of load tests have their accounts. */
  testAccounts: Pick<Parameters<typeof createTestPeople>[0], 'create' | 'remove'>
  /** What all gateways of one installation know and nobody else does, to sign the passes of load tests with. */
  passSecret: Secret
}
