import type { Audit } from '../src/audit/audit.ts'
import type { Files } from '../src/files.ts'
import type { Limiter } from '../src/limits/limiter.ts'
import type { PeopleChanges } from '../src/people/changes.ts'
import type { Erase } from '../src/people/deletion/erasure.ts'
import type { People } from '../src/people/people.ts'
import { createAccounts } from '../src/signin/accounts.ts'
import { createAccountAdmin } from '../src/signin/admin/admin.ts'
import { loadKeys } from '../src/signin/keys.ts'
import { createSignInLimits } from '../src/signin/limits.ts'
import { openMailer } from '../src/signin/mail/open.ts'
import { createPost } from '../src/signin/mail/post.ts'
import { createFactors } from '../src/signin/mfa/factors.ts'
import type { Revocations } from '../src/signin/revocations.ts'
import { createSignedIn } from '../src/signin/signed-in.ts'
import { sweepSignIn } from '../src/signin/sweep.ts'
import { publicAddresses } from './public-addresses.ts'
import type { ServiceDeps } from './services.ts'

export interface SignInDeps
  extends Pick<ServiceDeps, 'config' | 'db' | 'origin' | 'loopback' | 'personal' | 'onError'> {
  limiter: Limiter
  revocations: Revocations
  changes: PeopleChanges
  audit: Audit
  people: People
  erase: Erase
  files: Files
}

export type BuiltInSignIn = Awaited<ReturnType<typeof openSignIn>>

/** Sign-in as Helix itself does it: people, their factors, their mails, and the administration of them. */
export async function openSignIn(deps: SignInDeps) {
  const { config, db, origin, loopback, personal, onError } = deps
  const { limiter, revocations, changes, audit, people, erase, files } = deps
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
