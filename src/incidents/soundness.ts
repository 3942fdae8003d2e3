import type { IntegrityFinding } from '../db/integrity.ts'
import { HelixError } from '../errors.ts'

/** What does not fit together in the database; undefined where there was not time enough to see. */
export type Look = () => Promise<readonly IntegrityFinding[] | undefined>

/** Who answers for calling an incident over while the database is not sound. */
export interface Judge {
  /** Told everything that was found, also what keeps nothing from being over. */
  onFindings?(findings: readonly IntegrityFinding[]): void
  /** Returns once somebody consents to the act; throws where nobody does. */
  consent(act: string, findings: readonly IntegrityFinding[]): Promise<void> | void
}

/** Counters are mended by counting again; anything else means that rows are lost, or may become so. */
const isCorruption = ({ kind }: IntegrityFinding) => kind !== 'counter'

/**
 * Refuses to call something over while rows are lost, or nobody can say, unless somebody consents to that; resolves to
 * whether somebody had to.
 * @throws what the judge throws
 */
export async function assertSound(look: Look, { onFindings, consent }: Judge, act: string): Promise<boolean> {
  const findings = await look()
  if (findings === undefined) {
    await consent(`${act} although there was not time enough to see whether the database is sound`, [])
    return true
  }
  onFindings?.(findings)
  const lost = findings.filter(isCorruption)
  if (lost.length === 0) return false
  const count = lost.length === 1 ? 'one finding' : `${lost.length} findings`
  await consent(`${act} although the database is not sound (${count})`, findings)
  return true
}

/** Somebody who cannot be asked: who sends a request consents in it, or not at all. */
export const UNASKED: Judge = {
  consent(act, findings) {
    const shown = findings.toSorted((a, b) => Number(isCorruption(b)) - Number(isCorruption(a))).slice(0, 3)
    const said = shown.map(({ where, message }) => `${where}: ${message}. `).join('')
    throw new HelixError('consent_required', `${act}: not done without consent`, {
      hint: `${said}All of it: helix db check. Add "consent": true to consent.`,
      next: ['helix db check'],
      ...(shown.length > 0 && { details: { findings: shown } }),
    })
  },
}
