import { HelixError } from '../errors.ts'

/** What helps whoever brought a token that is not taken. */
interface Remedy {
  hint: string
  next: string[]
}

/** A token that is not taken; `details.reason` says why, for programs. */
export function refusedToken(message: string, reason: string, { hint, next }: Remedy): HelixError {
  return new HelixError('unauthorized', message, { hint, next, details: { reason } })
}
