import type { Transaction } from '../../db/database.ts'
import { SignInError } from '../failure.ts'
import type { MfaDeps } from './deps.ts'
import type { FactorSession } from './session.ts'
import { noFactor } from './verify.ts'

/** @throws SignInError `mfa_factor_not_found`, `insufficient_aal` */
export async function unenrol(
  { db, changes }: MfaDeps,
  session: FactorSession,
  factorId: string,
): Promise<void> {
  await db.transaction('gateway', async (tx) => {
    const status = await removeFactor(tx, session.user.id, factorId)
    if (status === 'verified' && session.level !== 'aal2') {
      throw new SignInError('insufficient_aal', 'AAL2 required to unenroll verified factor')
    }
  })
  await changes.tell(session.user.id)
}

/** Takes a factor away; sessions it proved are worth one factor again. @throws SignInError `mfa_factor_not_found` */
export async function removeFactor(tx: Transaction, userId: string, factorId: string): Promise<string> {
  const [factor] = await tx.query<{ status: string }>(
    'delete from auth.mfa_factors where id = $1 and user_id = $2 returning status',
    [factorId, userId],
  )
  if (!factor) throw noFactor()
  await tx.query(
    `with lowered as (
      update auth.sessions set aal = 'aal1', factor_id = null, updated_at = now()
      where user_id = $1 and factor_id = $2 returning id
    )
    delete from auth.mfa_amr_claims where authentication_method = 'totp' and session_id in (select id from lowered)`,
    [userId, factorId],
  )
  return factor.status
}
