import { createHash, timingSafeEqual } from 'node:crypto'
import type { Transaction } from '../db/database.ts'
import { SignInError } from './failure.ts'
import type { Purpose } from './one-time-tokens.ts'
import { randomToken, tokenHash } from './tokens.ts'

/** What a program keeps to itself is told by its hash beforehand (RFC 7636). */
export interface CodeChallenge {
  challenge: string
  method: 's256' | 'plain'
}

/** By GoTrue's names; `amr` of the session says which it was. */
const METHODS = { signup: 'email/signup' } as const
type FlowMethod = 'email/signup' | Exclude<Purpose, 'signup'>

/** Life of an `auth_code`, in seconds. */
const CODE_SECONDS = 300

/** Begins a flow that a mailed link goes on with; resolves to its id. Those nobody finished go after two days. */
export async function openFlow(
  tx: Transaction,
  userId: string,
  purpose: Purpose,
  { challenge, method }: CodeChallenge,
): Promise<string> {
  await tx.query(`delete from auth.flow_state where created_at < now() - interval '2 days'`)
  const [row] = await tx.query<{ id: string }>(
    `insert into auth.flow_state
      (user_id, provider_type, authentication_method, code_challenge, code_challenge_method)
    values ($1, 'email', $2, $3, $4::auth.code_challenge_method) returning id`,
    [userId, purpose === 'signup' ? METHODS.signup : purpose, challenge, method],
  )
  if (!row) throw new Error('An inserted flow returned no id')
  return row.id
}

/** The code that the browser carries back to the waiting program. @throws SignInError `flow_state_not_found` */
export async function issueAuthCode(tx: Transaction, flowId: string | null): Promise<string> {
  const code = randomToken()
  const rows = await tx.query(
    `update auth.flow_state set auth_code = $2, auth_code_issued_at = now(), updated_at = now()
    where id = $1 returning id`,
    [flowId, tokenHash(code)],
  )
  if (rows.length === 0) throw noFlow()
  return code
}

/**
 * Spends an `auth_code`; resolves to whose session it is for, and how it began.
 * @throws SignInError `flow_state_not_found`, `flow_state_expired`, `bad_code_verifier`
 */
export async function redeemAuthCode(
  tx: Transaction,
  code: string,
  verifier: string,
): Promise<{ userId: string; method: FlowMethod }> {
  const [flow] = await tx.query<FlowRow>(
    `select id, user_id, authentication_method, code_challenge, code_challenge_method::text as challenge_method,
      auth_code_issued_at > now() - make_interval(secs => $2) as fresh
    from auth.flow_state where auth_code = $1 for update`,
    [tokenHash(code), CODE_SECONDS],
  )
  if (!flow) throw noFlow()
  if (!flow.fresh) {
    throw new SignInError('flow_state_expired', 'invalid flow state, flow state has expired')
  }
  if (!answersChallenge(flow, verifier)) {
    throw new SignInError('bad_code_verifier', 'code challenge does not match previously saved code verifier')
  }
  await tx.query(`delete from auth.flow_state where id = $1`, [flow.id])
  return { userId: flow.user_id, method: flow.authentication_method }
}

type FlowRow = {
  id: string
  user_id: string
  authentication_method: FlowMethod
  code_challenge: string
  challenge_method: CodeChallenge['method']
  fresh: boolean
}

function answersChallenge({ code_challenge, challenge_method }: FlowRow, verifier: string): boolean {
  const answer =
    challenge_method === 's256' ? createHash('sha256').update(verifier).digest('base64url') : verifier
  const [expected, given] = [Buffer.from(code_challenge), Buffer.from(answer)]
  return expected.length === given.length && timingSafeEqual(expected, given)
}

function noFlow(): SignInError {
  return new SignInError('flow_state_not_found', 'invalid flow state, no valid flow state found')
}
