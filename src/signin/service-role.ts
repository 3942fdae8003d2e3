import { type JWTPayload, jwtVerify } from 'jose'
import { SignInError } from './failure.ts'
import { type Keys, SIGNING_ALGORITHM } from './keys.ts'

/**
 * Resolves when `token` was signed by this installation for the role `service_role`: whoever sends it holds the
 * service-role key. A person's own token, the creator's too, is not enough, whatever role the person was given: tokens
 * of people belong to a session.
 * @throws SignInError `bad_jwt` for a token that is not ours or has expired, `not_admin` for one of another role
 */
export async function verifyServiceRole(
  keys: Pick<Keys, 'issuer' | 'publicKeys'>,
  token: string,
): Promise<void> {
  const { role, session_id } = await claimsOf(keys, token)
  if (role !== 'service_role' || session_id !== undefined)
    throw new SignInError('not_admin', 'User not allowed')
}

async function claimsOf(
  { issuer, publicKeys }: Pick<Keys, 'issuer' | 'publicKeys'>,
  token: string,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(
      token,
      ({ kid }) => {
        const key = publicKeys.get(kid ?? '')
        if (!key) throw new Error('signed with another key')
        return key
      },
      { algorithms: [SIGNING_ALGORITHM], issuer, requiredClaims: ['exp', 'role'] },
    )
    return payload
  } catch {
    throw new SignInError('bad_jwt', 'invalid JWT: unable to parse or verify signature')
  }
}
