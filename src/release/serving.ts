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
