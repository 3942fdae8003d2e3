import { HelixError } from '../errors.ts'

/** The failure of a reply that the person, or whoever acts for them, ended. */
export function stopped(): HelixError {
  return new HelixError('stopped', 'The reply was stopped')
}
