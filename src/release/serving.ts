import { HelixError } from '../errors.ts'

/** What one of the machines of a target serves; null before its first. */
export interface Serving {
  from: string
  release: string | null
}

/**
 * What serves now, everywhere; a machine that never served anything comes along.
 * @param together how machines that differ are brought together, by the one that is odd
 * @throws HelixError `precondition_failed` where machines differ
 */
export function currentOf(serving: readonly Serving[], together: (odd: string) => string): string | null {
  const all = serving.filter(({ release }) => release !== null)
  const [first] = all
  const odd = all.find(({ release }) => release !== first?.release)
  if (!first || !odd) return first?.release ?? null
  throw new HelixError(
    'precondition_failed',
    `${first.from} serves ${first.release}, ${odd.from} serves ${odd.release}`,
    { hint: together(odd.from), next: ['helix releases'] },
  )
}

/**
 * What serves where a release is gone back to, other than itself; null where nothing does.
 * @throws HelixError `precondition_failed` where it serves already
 */
export function replacedIn(serving: readonly Serving[], release: string): string | null {
  if (serving.every((each) => each.release === release))
    throw new HelixError('precondition_failed', `${release} serves already`)
  return serving.find((each) => each.release !== null && each.release !== release)?.release ?? null
}

/**
 * What machines served before a release was gone back to, where that was not what it replaces: it may have been the
 * release itself. By machine, as `gateway on deploy@b.example.com`, since a machine may have more than one part.
 */
export type Served = Readonly<Record<string, string | null>>

/** What machines of a target serve that is not what the release replaces there. @throws HelixError as `replacedIn` does */
export function servedBeside(target: string, serving: readonly Serving[], release: string): Served {
  const replaced = replacedIn(serving, release)
  const odd = serving.filter((each) => each.release !== replaced)
  return Object.fromEntries(odd.map((each) => [`${target} on ${each.from}`, each.release]))
}

/** What a machine served before. */
export function servedBefore(
  target: string,
  machine: string,
  { previous, served = {} }: { previous: string | null; served?: Served | undefined },
): string | null {
  const own = served[`${target} on ${machine}`]
  return own === undefined ? previous : own
}
