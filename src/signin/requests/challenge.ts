import type { z } from 'zod'
import type { CodeChallenge } from '../flow-state.ts'
import { invalid, Text } from './body.ts'

/** What a program that waits for an `auth_code` sends beside the rest; `null` when none waits. */
export const ChallengeFields = {
  code_challenge: Text.nullish(),
  code_challenge_method: Text.nullish(),
}

type ChallengeBody = z.infer<z.ZodObject<typeof ChallengeFields>>

/** @throws SignInError `validation_failed` */
export function parseChallenge({
  code_challenge,
  code_challenge_method,
}: ChallengeBody): CodeChallenge | null {
  if (!code_challenge && !code_challenge_method) return null
  if (!code_challenge || !code_challenge_method) {
    throw invalid('PKCE flow requires code_challenge_method and code_challenge')
  }
  if (code_challenge.length < 43 || code_challenge.length > 128) {
    throw invalid('code challenge has to be between 43 and 128 characters')
  }
  if (!/^[\w.~-]+$/.test(code_challenge)) {
    throw invalid(
      'code challenge can only contain alphanumeric characters, hyphens, periods, underscores and tildes',
    )
  }
  const method = code_challenge_method.toLowerCase()
  if (method !== 's256' && method !== 'plain') throw invalid('invalid code challenge method')
  return { challenge: code_challenge, method }
}
