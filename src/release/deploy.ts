import { HelixError } from '../errors.ts'
import { giveBack, holdAll, unheld } from './hold.ts'
import { journalOnAll } from './journal.ts'
import { readLock } from './lock.ts'
import { progressOf, worthKeeping } from './progress.ts'
import { currentOf, replacedIn, type Serving, servedBeside } from './serving.ts'
import type { Step, StepName } from './steps.ts'
import type { Passage, Target } from './target.ts'
import { assertReady, lookAt } from './vps/facts.ts'
import type { HeldPlace, Place } from './vps/place.ts'
import { type VpsRelease, vpsSteps } from './vps/steps.ts'
import { tellWhere } from './where.ts'

/** A release of the gateway, and how it is brought. */
export interface GatewayDeploy
  extends Omit<VpsRelease, 'release' | 'places' | 'previous' | 'signal' | 'spared'> {
  places: readonly Place[]
  /** The steps that concern the database. */
  database: readonly Step[]
}

/** Of a release that is on the machines already. */
const BACK: readonly StepName[] = ['boot', 'probe', 'switch', 'watch', 'prune']
const ORDER: readonly StepName[] = [
  'env',
  'backup',
  'migrate',
  'upload',
  'boot',
  'probe',
  'switch',
  'watch',
  'prune',
]

/** The machines of the gateway, as a release is brought to them. */
export function gatewayTarget(given: GatewayDeploy): Target {
  const [first] = given.places
  if (!first) throw new HelixError('usage', 'No machine to deploy to')
  return {
    name: 'gateway',
    archive: given.archive.sha256,
    journal: journalOnAll(given.places),
    lockedBy: async () => (await readLock(first.host, first.folder)) ?? null,
    current: async () => currentOf(await servingOf(given), (odd) => bringTogether(given.places, odd)),
    replacedBy: (release) => replacedBy(given, release),
    servedBeside: async (release) => servedBeside('gateway', await servingOf(given), release),
    async ready() {
      await Promise.all(given.places.map((place) => assertReady(place, given.archive.bytes)))
    },
    plan: (passage) => stepsOf(given, given.places.map(unheld), passage),
    async hold(request, options) {
      const held = await holdAll(given.places, request, options)
      return {
        token: held[0]?.lock.token ?? 0,
        signal: AbortSignal.any(held.map(({ lock }) => lock.signal)),
        journal: journalOnAll(held),
        steps: (passage) => stepsOf(given, held, passage),
        giveBack: () => giveBack(held),
      }
    },
  }
}

/** To a failure of what went to a target, where each machine of it stands now. */
export function whereEach(
  { places }: Pick<GatewayDeploy, 'places'>,
  { name }: Pick<Target, 'name'>,
): (thrown: unknown) => Promise<never> {
  return async (thrown) => {
    throw await tellWhere(thrown, places, name)
  }
}

async function replacedBy(given: GatewayDeploy, release: string): Promise<string | null> {
  const facts = await Promise.all(given.places.map(lookAt))
  const lacking = given.places
    .filter((_place, i) => !facts[i]?.releases.includes(release))
    .map(({ host }) => host.name)
  if (lacking.length > 0)
    throw new HelixError('precondition_failed', `${release} is not on ${lacking.join(', ')}`, {
      hint: `There ${facts[0]?.releases.length === 1 ? 'is' : 'are'} ${facts[0]?.releases.join(', ') || 'none'}.`,
      next: ['helix releases'],
    })
  return replacedIn(await servingOf(given), release)
}

function servingOf({ places }: Pick<GatewayDeploy, 'places'>): Promise<Serving[]> {
  const look = async (place: Place) => ({ from: place.host.name, release: (await lookAt(place)).current })
  return Promise.all(places.map(look))
}

function bringTogether(places: readonly Place[], odd: string): string {
  const folder = places.find(({ host }) => host.name === odd)?.folder
  return (
    'Bring them together first: helix rollback <release>, where both have it. A machine that was away comes along ' +
    `with the next deploy once it has forgotten what it serves: ssh ${odd} rm ${folder}/current`
  )
}

function stepsOf(
  { database, watchMs, ...given }: GatewayDeploy,
  places: readonly HeldPlace[],
  { back, ...passage }: Passage,
): Step[] {
  const byName = new Map<StepName, Step>(database.map((step) => [step.name, step]))
  const spared = () => toGoBackTo(given, passage.release)
  const onMachines = vpsSteps({ ...given, ...passage, places, spared, watchMs: back ? 0 : watchMs })
  for (const step of Object.values(onMachines)) byName.set(step.name, step)
  return (back ? BACK : ORDER).flatMap((name) => byName.get(name) ?? [])
}

async function toGoBackTo({ places }: Pick<GatewayDeploy, 'places'>, release: string) {
  return worthKeeping(progressOf(await journalOnAll(places).read()), release)
}
