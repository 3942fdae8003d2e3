import { randomUUID } from 'node:crypto'
import type { Transaction } from '../../db/database.ts'
import { SignInError } from '../failure.ts'
import type { MfaDeps } from './deps.ts'
import { qrCode } from './qr-code.ts'
import type { NewFactor } from './requests.ts'
import type { FactorSession } from './session.ts'
import { newTotp } from './totp.ts'

const MOST_FACTORS = 10
/** How long an enrolment that nobody went on with is kept, in seconds. */
const ABANDONED_SECONDS = 300

/** What a new factor's owner needs once, and what nobody is shown again. */
export interface Enrolled {
  id: string
  type: 'totp'
  friendly_name: string
  totp: { qr_code: string; secret: string; uri: string }
}

/** @throws SignInError `insufficient_aal`, `mfa_factor_name_conflict`, `too_many_enrolled_mfa_factors` */
export async function enrol(
  { db, box, issuer }: MfaDeps,
  session: FactorSession,
  { friendlyName, issuer: wanted }: NewFactor,
): Promise<Enrolled> {
  const id = randomUUID()
  const { secret, uri } = newTotp(wanted ?? issuer(), session.user.email)
  // Made before anything is written: what cannot be shown must not be enrolled.
  const picture = qrCode(uri)
  await db.transaction('gateway', async (tx) => {
    await checkRoom(tx, session, friendlyName)
    await tx.query(
      `insert into auth.mfa_factors (id, user_id, friendly_name, factor_type, status, secret)
      values ($1, $2, $3, 'totp', 'unverified', $4)`,
      [id, session.user.id, friendlyName, box.close(secret, id)],
    )
    await tx.query('insert into auth.mfa_code_guards (factor_id) values ($1)', [id])
  })
  return { id, type: 'totp', friendly_name: friendlyName, totp: { qr_code: picture, secret, uri } }
}

async function checkRoom(tx: Transaction, { user, level }: FactorSession, name: string): Promise<void> {
  // Two enrolments at once count one after the other.
  await tx.query('select from auth.users where id = $1 for update', [user.id])
  await tx.query(
    `delete from auth.mfa_factors f where f.user_id = $1 and f.status <> 'verified'
      and f.created_at < now() - make_interval(secs => $2)
      and not exists (select from auth.mfa_challenges c where c.factor_id = f.id)`,
    [user.id, ABANDONED_SECONDS],
  )
  const factors = await tx.query<{ name: string | null; status: string }>(
    'select friendly_name as name, status from auth.mfa_factors where user_id = $1',
    [user.id],
  )
  // GoTrue lets a person have one factor without a name.
  if (factors.some((factor) => (factor.name ?? '') === name)) {
    throw new SignInError(
      'mfa_factor_name_conflict',
      `A factor with the friendly name "${name}" for this user already exists`,
    )
  }
  if (factors.length >= MOST_FACTORS) {
    throw new SignInError(
      'too_many_enrolled_mfa_factors',
      'Maximum number of verified factors reached, unenroll to continue',
    )
  }
  if (level !== 'aal2' && factors.some(({ status }) => status === 'verified')) {
    throw new SignInError('insufficient_aal', 'AAL2 required to enroll a new factor', { status: 403 })
  }
}
