import { SignInError } from './failure.ts'

/** Metadata travels in each access token, and tokens in a header. */
const LONGEST_METADATA = 4096

/** `data` as it may be stored. @throws SignInError `validation_failed` when it is too long */
export function checkedMetadata(data: Record<string, unknown>): Record<string, unknown> {
  if (JSON.stringify(data).length <= LONGEST_METADATA) return data
  throw new SignInError(
    'validation_failed',
    `User metadata cannot be longer than ${LONGEST_METADATA} characters`,
  )
}

/** What is there with `changes` in it, as GoTrue merges: a null value takes its key away. */
export function mergedMetadata(
  before: Record<string, unknown>,
  changes: Record<string, unknown>,
): Record<string, unknown> {
  const kept = Object.entries({ ...before, ...changes }).filter(
    ([key, value]) => !(Object.hasOwn(changes, key) && value === null),
  )
  return checkedMetadata(Object.fromEntries(kept))
}
