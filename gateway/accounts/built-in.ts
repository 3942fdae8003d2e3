import { builtInSignIn } from '../../src/people/admin/homes.ts'
import { builtInHome } from '../../src/people/deletion/homes.ts'
import type { Resources } from '../../src/resources.ts'
import type { AccountAdmin } from '../../src/signin/admin/admin.ts'
import { hashPassword } from '../../src/signin/passwords.ts'
import { ownTokens } from '../../src/signin/token-sources.ts'
import { randomToken } from '../../src/signin/tokens.ts'
import { openSignIn, type SignInDeps } from '../signin.ts'
import type { Home } from './home.ts'

/** Accounts in Helix' own database. */
export async function openBuiltInHome(deps: SignInDeps, resources: Resources): Promise<Home> {
  const { db, revocations } = deps
  const signin = resources.keep(await openSignIn(deps), (opened) => opened.close())
  const { keys, accounts, addresses, admin } = signin
  return {
    signin,
    sources: [ownTokens(keys)],
    administration: builtInSignIn(db, accounts, addresses.home),
    deletion: builtInHome({ db, revocations, admin }),
    testAccounts: testAccounts(admin),
    passSecret: keys.refreshSecret,
  }
}

const NOTHING_MORE = {
  ...{ id: undefined, password: undefined, userMetadata: undefined, appMetadata: undefined },
  ...{ banMs: undefined, role: undefined },
}

function testAccounts(admin: AccountAdmin): Home['testAccounts'] {
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
