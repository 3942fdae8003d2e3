import { z } from 'zod'
import { SignInError } from '../failure.ts'
import type { CodeChallenge } from '../flow-state.ts'
import type { UserChanges } from '../update-user.ts'
import { isBlank, Metadata, parse, parseNewEmail, Text } from './body.ts'
import { ChallengeFields, parseChallenge } from './challenge.ts'

const UserBody = z.object({
  email: Text.nullish(),
  phone: Text.nullish(),
  password: Text.nullish(),
  current_password: Text.nullish(),
  nonce: Text.nullish(),
  data: Metadata.nullish(),
  app_metadata: z.unknown().optional(),
  ...ChallengeFields,
})

/** What people change of themselves. @throws SignInError by what is wrong or not theirs to change */
export function parseUserChanges(body: Record<string, unknown>): {
  changes: UserChanges
  challenge: CodeChallenge | null
} {
  const { email, phone, password, current_password, nonce, data, app_metadata, ...challenge } = parse(
    UserBody,
    body,
  )
  if (app_metadata !== undefined && app_metadata !== null) {
    throw new SignInError('not_admin', 'Updating app_metadata requires admin privileges')
  }
  if (!isBlank(phone)) throw new SignInError('phone_provider_disabled', 'Unsupported phone provider')
  const changes = {
    email: isBlank(email) ? null : parseNewEmail(email),
    password: password ?? null,
    currentPassword: current_password ?? null,
    nonce: nonce || null,
    data: data ?? null,
  }
  return { changes, challenge: parseChallenge(challenge) }
}
