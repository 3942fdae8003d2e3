import { createClientErrors } from '../src/client-errors/client-errors.ts'
import type { Config } from '../src/config/config.ts'
import type { Database } from '../src/db/database.ts'
import { createFeedback } from '../src/feedback/feedback.ts'
import { createLimiter } from '../src/limits/create-limiter.ts'
import { createLocalLimiter } from '../src/limits/local-limiter.ts'
import { sweepCounters } from '../src/limits/sweep.ts'
import type { Metrics } from '../src/metrics/metrics.ts'
import { createUsages } from '../src/money/usages.ts'
import { createPeopleAdmin } from '../src/people/admin/admin.ts'
import { createAccountDeletion } from '../src/people/deletion/deletion.ts'
import { createErase } from '../src/people/deletion/erasure.ts'
import { createExports } from '../src/people/export/document.ts'
import { createProfiles } from '../src/people/profiles.ts'
import { createTestPasses } from '../src/people/test-passes.ts'
import { createTestPeople } from '../src/people/test-people.ts'
import type { Resources } from '../src/resources.ts'
import { openAccess } from './access.ts'
import { openChat } from './chat.ts'
import { openGround } from './ground.ts'
import { openPeople } from './people.ts'
import type { Upstreams } from './upstream.ts'

export interface ServiceDeps {
  config: Config
  db: Database
  upstreams: Upstreams
  metrics: Metrics
  /** The gateway's own address, known once it listens. */
  origin: () => string
  /** Whether only this machine can reach it. */
  loopback: boolean
  /** Whether whoever starts this process owns the installation, as with `helix up`. */
  personal: boolean
  onError: (error: unknown) => void
}

export type Services = Awaited<ReturnType<typeof createServices>>

/** Builds everything the routes stand on, once per process. Closing `resources` closes it, what came last first. */
export async function createServices(given: ServiceDeps, resources: Resources) {
  const { config, metrics } = given
  const ground = await openGround(given, resources)
  const deps = { ...given, ...ground }
  const { db, log, audit, storage } = ground
  const { people, changes } = await openPeople(deps, resources)
  const limits = openLimits(deps, resources)
  const chat = await openChat({ ...deps, ground }, resources)
  const { turns, feed } = chat
  const erase = createErase({ db, turns })
  const { home, ...access } = await openAccess({ ...deps, ...limits, people, changes, erase }, resources)
  const { accessTokens } = access
  const testPasses = createTestPasses(home.passSecret)
  await storage.begin()
  const profiles = createProfiles(db, { onChange: feed.changed, isCreator: people.isCreator })
  return {
    ...ground,
    ...chat,
    ...limits,
    ...access,
    signin: home.signin,
    people,
    profiles,
    exports: createExports({ db, profiles }),
    usages: createUsages(db, config.budgets),
    feedback: createFeedback({ db, log, onGiven: metrics.feedback.given }),
    clientErrors: createClientErrors(db),
    peopleAdmin: createPeopleAdmin({ db, audit, isCreator: people.isCreator, home: home.administration }),
    accountDeletion: createAccountDeletion({ db, audit, erase, home: home.deletion }),
    testPasses,
    testPeople: createTestPeople({
      ...{ db, audit, people, accessTokens, erase, passes: testPasses },
      ...home.testAccounts,
    }),
  }
}

/** How often anybody may do something: exactly, where it is dear, and counted in memory where it is cheap. */
function openLimits({ db, onError }: Pick<ServiceDeps, 'db' | 'onError'>, resources: Resources) {
  const localLimiter = resources.keep(createLocalLimiter(db), (opened) => opened.close())
  resources.keep(sweepCounters(db, onError), (stop) => stop())
  return { limiter: createLimiter(db), localLimiter }
}
