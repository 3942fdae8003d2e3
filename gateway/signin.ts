import type { Audit } from '../src/audit/audit.ts'
import type { Config } from '../src/config/config.ts'
import { Secret } from '../src/config/secret.ts'
import type { Files } from '../src/files.ts'
import type { Limiter } from '../src/limits/limiter.ts'
import type { PeopleChanges } from '../src/people/changes.ts'
import type { Erase } from '../src/people/deletion/erasure.ts'
import type { People } from '../src/people/people.ts'
import type { createTestPeople } from '../src/people/test-people.ts'
import { createAccounts } from '../src/signin/accounts.ts'
import { type AccountAdmin, createAccountAdmin } from '../src/signin/admin/admin.ts'
import { type Keys, loadKeys } from '../src/signin/keys.ts'
import { createSignInLimits } from '../src/signin/limits.ts'
import { openMailer } from '../src/signin/mail/open.ts'
import { createPost } from '../src/signin/mail/post.ts'
import { createFactors } from '../src/signin/mfa/factors.ts'
import { hashPassword } from '../src/signin/passwords.ts'
import type { Revocations } from '../src/signin/revocations.ts'
import { createSignedIn } from '../src/signin/signed-in.ts'
import { createSupabaseAdmin } from '../src/signin/supabase-admin.ts'
import { sweepSignIn } from '../src/signin/sweep.ts'
import { sharedSecretTokens, supabaseTokens } from '../src/signin/token-sources.ts'
import { randomToken } from '../src/signin/tokens.ts'
import { publicAddresses } from './public-addresses.ts'
import type { ServiceDeps } from './services.ts'

interface SignInParts {
  limiter: Limiter
  revocations: Revocations
  changes: PeopleChanges
  audit: Audit
  people: People
  erase: Erase
  files: Files
}

/** Sign-in as Helix itself does it: people, their factors, their mails, and the administration of them. */
export async function builtInSignin(
  { config, db, origin, loopback, personal, onError }: ServiceDeps,
  { limiter, revocations, changes, audit, people, erase, files }: SignInParts,
) {
  const keys = await loadKeys(config.dataDir, files)
  const limits = createSignInLimits(limiter, config.limits)
  const post = createPost({ mailer: await openMailer(config, files), limits, onError })
  const endSweep = sweepSignIn(db, onError)
  const addresses = publicAddresses(config, origin, personal && loopback)
  const accounts = await createAccounts({
    db,
    audit,
    keys,
    revocations,
    limits,
    post,
    autoConfirm: loopback && config.mail.smtpUrl === undefined,
    ...addresses,
  })
  return {
    keys,
    accounts,
    limits,
    addresses,
    signedIn: createSignedIn({ db, revocations }),
    admin: createAccountAdmin({ db, revocations, changes, audit, isCreator: people.isCreator, erase }),
    factors: createFactors({
      db,
      audit,
      keys,
      revocations,
      changes,
      issuer: () => new URL(addresses.origin()).host,
    }),
    async close() {
      endSweep()
      await post.close()
    },
  }
}

/** The administration of people at a Supabase project. */
export function supabaseAdmin({ supabase: { url = '', serviceRole } }: Config) {
  return createSupabaseAdmin({ url, serviceRole, fetch })
}

/** Who may have signed a token where Supabase signs people in. */
export function supabaseSources({ supabase }: Config) {
  const url = supabase.url ?? ''
  const byKeySet = supabaseTokens({ url, fetch })
  const secret = supabase.jwtSecret?.reveal()
  return secret ? [byKeySet, sharedSecretTokens({ url, secret })] : [byKeySet]
}

/** What all gateways of one installation know and nobody else does, to sign the passes of load tests with. */
export function passSecret(signin: { keys: Keys } | undefined, { supabase }: Config): Secret {
  return signin?.keys.refreshSecret ?? supabase.serviceRole ?? new Secret(randomToken())
}

const NOTHING_MORE = {
  ...{ id: undefined, password: undefined, userMetadata: undefined, appMetadata: undefined },
  ...{ banMs: undefined, role: undefined },
}
type TestAccounts = Pick<Parameters<typeof createTestPeople>[0], 'create' | 'remove'>

/** Where the throw-away people of load tests have their accounts. */
export function testAccounts(signin: { admin: AccountAdmin } | undefined, config: Config): TestAccounts {
  if (!signin) {
    const { createUser, deleteUser } = supabaseAdmin(config)
    return { create: createUser, remove: deleteUser }
  }
  const { admin } = signin
  let unknown: Promise<string> | undefined
  return {
    async create(email) {
      // Nobody signs in as them: one password that nobody knows serves them all, and is slow to hash only once.
      unknown ??= hashPassword(randomToken())
      const account = { email, passwordHash: await unknown, emailConfirm: true }
      return (await admin.create({ ...NOTHING_MORE, ...account })).id
    },
    remove: (userId) => admin.remove(userId, false),
  }
}
