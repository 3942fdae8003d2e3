import type { LoadScript } from '../../src/load/script/schema.ts'
import type { Context } from '../context.ts'
import { bringsOwnToken } from './people.ts'

interface Wanted {
  script: LoadScript
  /** Where the test sends, the target first. */
  origins: readonly string[]
  /** Other machines that variables may lead to. */
  alsoNamed: readonly string[]
  /** Whether Claude is to answer, though a test can go without. */
  realClaude: boolean
  /** Whether people are made for the test at its target. */
  signedIn: boolean
}

/**
 * Whether the replies of a test's target are simulated, null for what is no gateway; asks for consent where replies
 * cost money, or may. Where people are made for the test, a gateway that asks Claude makes theirs up, for their passes
 * say so; they are sent nowhere else.
 */
export async function costNothing(wanted: Wanted, what: string, context: Context): Promise<boolean | null> {
  const { script, origins, alsoNamed, realClaude, signedIn } = wanted
  const [told, ...others] = await Promise.all(origins.map(isSimulated))
  const spared = told === false && signedIn && !realClaude && !bringsOwnToken(script)
  if (spared)
    context.note('Replies are simulated for the people of this test; --real-claude has Claude answer')
  const all = spared ? others : [told, ...others]
  if (all.includes(false)) await context.consent({ act: `${what}, whose replies cost money` })
  if (all.includes(undefined) || alsoNamed.length > 0) {
    const which = alsoNamed.map((name) => `${name} where variables lead there`)
    const who = which.length > 0 ? `${what}, and to ${which.join(', ')}` : what
    await context.consent({ act: `${who}, which does not tell whether its replies cost money` })
  }
  return spared || (told ?? null)
}

/** What a gateway says of its replies; null for what is no gateway, undefined where there is no telling. */
async function isSimulated(origin: string): Promise<boolean | null | undefined> {
  const signal = AbortSignal.timeout(5_000)
  try {
    const answer = await fetch(new URL('/config.json', origin), { signal })
    if (!answer.ok && answer.status !== 404) return undefined
    const told = (await answer.json()) as { simulated?: unknown } | null
    return typeof told?.simulated === 'boolean' ? told.simulated : null
  } catch (thrown) {
    return thrown instanceof SyntaxError ? null : undefined
  }
}
