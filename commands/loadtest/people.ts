import { LOAD_TEST_HEADER } from '../../src/contract/admin/loadtest.ts'
import { HelixError } from '../../src/errors.ts'
import type { SignedIn } from '../../src/load/outgoing.ts'
import type { LoadScript } from '../../src/load/script/schema.ts'
import type { Context } from '../context.ts'
import { isSameGateway } from './this-machine.ts'

interface Wanted {
  script: LoadScript
  target: string
  people: number | undefined
  signIn: boolean
}

type Gateway = Awaited<ReturnType<Context['gateway']>>

/**
 * The gateway at which the people of a test sign in; undefined where nobody does.
 * @throws HelixError `precondition_failed` where they would have to, and cannot
 */
export async function signInPlace(
  { script, target, people, signIn }: Wanted,
  context: Context,
): Promise<Gateway | undefined> {
  if (!signIn) return undefined
  const needed = people !== undefined || asksGateway(script)
  const gateway = await context.gateway().catch((thrown: unknown) => {
    if (!needed) return undefined
    throw thrown
  })
  if (gateway && isSameGateway(gateway.url, target)) return gateway
  if (!needed) return undefined
  throw new HelixError('precondition_failed', `Nobody is signed in at ${target}`, {
    hint: `Sign in there as the creator: helix login ${target}. Without access tokens: --no-sign-in.`,
    next: [`helix login ${target}`],
  })
}

function asksGateway(script: LoadScript): boolean {
  return /"url":"[^"]*\/api\//.test(JSON.stringify(script.scenarios))
}

/** Whether a test signs in by itself anywhere, rather than as the people who were made for it. */
export function bringsOwnToken(script: LoadScript): boolean {
  return new RegExp(`"(authorization|${LOAD_TEST_HEADER})":`, 'i').test(JSON.stringify(script))
}

export interface TestPeople {
  people: SignedIn[]
  remove(): Promise<void>
}

/** Makes the people of a test; nobody without a gateway. `simulated`: their replies are to cost nothing. */
export async function makePeople(
  gateway: Gateway | undefined,
  { script, people }: Wanted,
  simulated: boolean,
  context: Context,
): Promise<TestPeople> {
  if (!gateway) return { people: [], remove: async () => {} }
  const { peopleFor, removePeople } = await import('../../src/load/test-people.ts')
  const { lengthOf } = await import('../../src/load/arrivals.ts')
  const phases = script.config.phases ?? []
  const count = people ?? peopleFor(script, phases)
  context.note(`Making ${count} throw-away ${count === 1 ? 'person' : 'people'}`)
  const seconds = Math.min(86_400, Math.ceil(lengthOf(phases) / 1_000) + 3_600)
  const { run, tokens, passes } = await gateway.client.admin.beginLoadTest({
    people: count,
    seconds,
    simulated,
  })
  return {
    people: tokens.map((token, place) => ({ token, pass: passes[place] })),
    async remove() {
      context.note('Removing them and what they wrote')
      await removePeople(gateway.client, run).catch((thrown: unknown) => {
        context.say(
          `${count} people of this test are left; the next test removes them once their tokens have ended. ${String(thrown)}`,
        )
      })
    },
  }
}
