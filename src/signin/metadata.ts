import { SignInError } from './failure.ts'

/**
 * Bytes of the JSON of either kind of metadata. Both travel in each access token, in base64, and the longest token must
 * stay below what the verifier and a header take.
 */
const LONGEST_METADATA = 3072

/** Metadata as it may be stored. @throws SignInError `validation_failed` when it is too long */
export function checkedMetadata(
  data: Record<string, unknown>,
  whose: 'User' | 'App' = 'User',
): Record<string, unknown> {
  if (Buffer.byteLength(JSON.stringify(data)) <= LONGEST_METADATA) return data
  throw new SignInError(
    'validation_failed',
    `${whose} metadata cannot be longer than ${LONGEST_METADATA} bytes of JSON`,
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
