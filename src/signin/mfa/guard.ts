import type { Transaction } from '../../db/database.ts'
import { stepOf } from './totp.ts'

const MOST_FAILURES = 5
/** How long the failures count, from the first on, in seconds. */
const FAILURE_SECONDS = 300

/**
 * Looks at a code: right and new, or wrong. A code counts once, and after five wrong ones no code is looked at until
 * five minutes have passed since the first. The factor's row must be locked.
 */
export async function takeCode(
  tx: Transaction,
  factorId: string,
  secret: string,
  code: string,
): Promise<'taken' | 'wrong' | 'locked'> {
  await tx.query('insert into auth.mfa_code_guards (factor_id) values ($1) on conflict do nothing', [
    factorId,
  ])
  const [guard] = await tx.query<{ last_step: number; failures: number }>(
    `update auth.mfa_code_guards set
      failures = case when first_failure_at > now() - make_interval(secs => $2) then failures else 0 end
    where factor_id = $1 returning last_step, failures`,
    [factorId, FAILURE_SECONDS],
  )
  if (!guard || guard.failures >= MOST_FAILURES) return 'locked'
  const step = stepOf(secret, code, Date.now())
  if (step === undefined || step <= guard.last_step) {
    await tx.query(
      `update auth.mfa_code_guards set failures = failures + 1,
        first_failure_at = case when failures = 0 then now() else first_failure_at end
      where factor_id = $1`,
      [factorId],
    )
    return 'wrong'
  }
  await tx.query('update auth.mfa_code_guards set last_step = $2, failures = 0 where factor_id = $1', [
    factorId,
    step,
  ])
  return 'taken'
}
