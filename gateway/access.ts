import type { Limiter } from '../src/limits/limiter.ts'
import type { PeopleChanges } from '../src/people/changes.ts'
import type { Erase } from '../src/people/deletion/erasure.ts'
import type { People } from '../src/people/people.ts'
import type { Resources } from '../src/resources.ts'
import { createAccessTokens } from '../src/signin/access-tokens/access-tokens.ts'
import { createAccessWatch } from '../src/signin/access-watch.ts'
import { createRevocations } from '../src/signin/revocations.ts'
import { createVerifier } from '../src/signin/verifier.ts'
import { openBuiltInHome } from './accounts/built-in.ts'
import { openSupabaseHome } from './accounts/supabase.ts'
import type { Ground } from './ground.ts'
import type { ServiceDeps } from './services.ts'

interface AccessDeps
  extends Pick<ServiceDeps, 'config' | 'origin' | 'loopback' | 'personal' | 'onError'>,
    Pick<Ground, 'db' | 'log' | 'audit' | 'files'> {
  limiter: Limiter
  people: People
  changes: PeopleChanges
  erase: Erase
}

/** Who is let in, by a session or a token of their own, for how long, and where their account is. */
export async function openAccess(deps: AccessDeps, resources: Resources) {
  const { config, db, log, people, changes, onError } = deps
  const revocations = resources.keep(await createRevocations(db, { onError }), (opened) => opened.close())
  const accessTokens = resources.keep(createAccessTokens({ db, log, onError }), (opened) => opened.close())
  const accessWatch = resources.keep(createAccessWatch({ revocations, changes, people }), (opened) =>
    opened.close(),
  )
  const home =
    config.mode === 'supabase'
      ? await openSupabaseHome({ ...deps, revocations, accessWatch }, resources)
      : await openBuiltInHome({ ...deps, revocations }, resources)
  const verifier = createVerifier({
    sources: home.sources,
    isRevoked: (sessionId) => revocations.isRevoked(sessionId),
    ...(home.admit && { admit: home.admit }),
  })
  return { verifier, accessTokens, accessWatch, home }
}
