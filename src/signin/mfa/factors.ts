import { writtenDown } from '../admin/written-down.ts'
import type { Claims } from '../claims.ts'
import { SignInError } from '../failure.ts'
import type { Session } from '../sessions.ts'
import { type Factor, findEvenDeleted } from '../users.ts'
import { type Challenge, createChallenge } from './challenge.ts'
import type { MfaDeps } from './deps.ts'
import { type Enrolled, enrol } from './enrol.ts'
import type { NewFactor } from './requests.ts'
import { createSecretBox } from './secret-box.ts'
import { factorSession } from './session.ts'
import { removeFactor, unenrol } from './unenrol.ts'
import { noFactor, verifyFactor } from './verify.ts'

/** Second factors of people: time-based codes. Methods speak GoTrue's shapes and throw SignInError. */
export interface Factors {
  /** @throws SignInError `insufficient_aal`, `mfa_factor_name_conflict`, `too_many_enrolled_mfa_factors` */
  enrol(claims: Claims, factor: NewFactor): Promise<Enrolled>
  /** @throws SignInError `mfa_factor_not_found` */
  challenge(claims: Claims, factorId: string, address: string | null): Promise<Challenge>
  /**
   * A session proved by both factors, in place of the caller's.
   * @throws SignInError `mfa_verification_failed`, `mfa_challenge_expired`, `over_request_rate_limit`
   */
  verify(
    claims: Claims,
    factorId: string,
    answer: { challengeId: string; code: string; address: string | null },
  ): Promise<Session>
  /** @throws SignInError `mfa_factor_not_found`, `insufficient_aal` */
  unenrol(claims: Claims, factorId: string): Promise<void>
  /** A person's factors, as an administrator sees them. @throws SignInError `user_not_found` */
  list(userId: string): Promise<Factor[]>
  /** Takes a person's factor away, whatever they can prove. @throws SignInError `mfa_factor_not_found` */
  remove(userId: string, factorId: string): Promise<Factor>
}

export function createFactors(deps: Omit<MfaDeps, 'box'>): Factors {
  const box = createSecretBox(Buffer.from(deps.keys.factorKey.reveal(), 'base64url'))
  const { db } = deps
  const list = async (userId: string) => {
    const account = await findEvenDeleted(db, userId)
    if (!account) throw new SignInError('user_not_found', 'User not found', { status: 404 })
    return account.user.factors ?? []
  }
  return {
    enrol: async (claims, factor) => enrol({ ...deps, box }, await factorSession(db, claims), factor),
    async challenge(claims, factorId, address) {
      const { user } = await factorSession(db, claims)
      if (!user.factors?.some(({ id }) => id === factorId)) throw noFactor()
      return createChallenge(db, factorId, address)
    },
    verify: async (claims, factorId, answer) =>
      verifyFactor({ ...deps, box }, await factorSession(db, claims), { ...answer, factorId }),
    unenrol: async (claims, factorId) => unenrol({ ...deps, box }, await factorSession(db, claims), factorId),
    list,
    async remove(userId, factorId) {
      const factor = (await list(userId)).find(({ id }) => id === factorId)
      if (!factor) throw noFactor()
      const { status } = factor
      await writtenDown(deps, 'unenrol', userId, { status }, async () => {
        await db.transaction('gateway', (tx) => removeFactor(tx, userId, factorId))
        await deps.changes.tell(userId)
      })
      return factor
    },
  }
}
