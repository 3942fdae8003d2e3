import { jwtVerify } from 'jose'
import { SignInError } from './failure.ts'
import { type Keys, SIGNING_ALGORITHM } from './keys.ts'

/**
 * Resolves when `token` was signed by this installation for the role `service_role`: whoever sends it holds the
 * service-role key. A person's own token, the creator's too, is not enough.
 * @throws SignInError `bad_jwt` for a token that is not ours or has expired, `not_admin` for one of another role
 */
export async function verifyServiceRole(
  keys: Pick<Keys, 'issuer' | 'publicKeys'>,
  token: string,
): Promise<void> {
  if ((await roleOf(keys, token)) !== 'service_role') throw new SignInError('not_admin', 'User not allowed')
}

async function roleOf(
  { issuer, publicKeys }: Pick<Keys, 'issuer' | 'publicKeys'>,
  token: string,
): Promise<unknown> {
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
    return payload.role
  } catch {
    throw new SignInError('bad_jwt', 'invalid JWT: unable to parse or verify signature')
  }
}
