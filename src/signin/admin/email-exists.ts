import { isStatementError } from '../../db/statement-error.ts'
import { SignInError } from '../failure.ts'

const UNIQUE_VIOLATION = '23505'

/** The address belongs to somebody else. */
export function emailExists(): SignInError {
  return new SignInError('email_exists', 'A user with this email address has already been registered')
}

/** For a statement whose only unique key is the address: says so in GoTrue's words. */
export function orEmailExists(thrown: unknown): never {
  throw isStatementError(thrown, UNIQUE_VIOLATION) ? emailExists() : thrown
}
