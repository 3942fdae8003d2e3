import type { Config } from '../../src/config/config.ts'
import { Secret } from '../../src/config/secret.ts'
import type { Database } from '../../src/db/database.ts'
import { supabaseSignIn } from '../../src/people/admin/homes.ts'
import type { PeopleChanges } from '../../src/people/changes.ts'
import { supabaseHome } from '../../src/people/deletion/homes.ts'
import type { People } from '../../src/people/people.ts'
import type { Resources } from '../../src/resources.ts'
import type { AccessWatch } from '../../src/signin/access-watch.ts'
import { watchProject } from '../../src/signin/hosted/watch-project.ts'
import type { Revocations } from '../../src/signin/revocations.ts'
import { createSupabaseAdmin } from '../../src/signin/supabase-admin.ts'
import { sharedSecretTokens, supabaseTokens } from '../../src/signin/token-sources.ts'
import { randomToken } from '../../src/signin/tokens.ts'
import type { Home } from './home.ts'

interface ProjectDeps {
  config: Config
  db: Database
  revocations: Revocations
  changes: PeopleChanges
  people: Pick<People, 'forget'>
  accessWatch: Pick<AccessWatch, 'followers'>
  onError: (error: unknown) => void
}

/** Accounts in a Supabase project. */
export async function openSupabaseHome(deps: ProjectDeps, resources: Resources): Promise<Home> {
  const { config, db, revocations, changes, people, accessWatch, onError } = deps
  const { url = '', serviceRole } = config.supabase
  const admin = createSupabaseAdmin({ url, serviceRole, fetch })
  const { forget } = people
  const { followers } = accessWatch
  const watch = await watchProject({ db, revocations, changes, forget, followers, onError })
  resources.keep(watch, (opened) => opened.close())
  return {
    signin: undefined,
    sources: sourcesOf(config),
    admit: watch.admit,
    administration: supabaseSignIn(admin),
    deletion: supabaseHome({ db, revocations, changes, admin }),
    testAccounts: { create: admin.createUser, remove: admin.deleteUser },
    passSecret: serviceRole ?? new Secret(randomToken()),
  }
}

function sourcesOf({ supabase }: Config): Home['sources'] {
  const url = supabase.url ?? ''
  const byKeySet = supabaseTokens({ url, fetch })
  const secret = supabase.jwtSecret?.reveal()
  return secret ? [byKeySet, sharedSecretTokens({ url, secret })] : [byKeySet]
}
