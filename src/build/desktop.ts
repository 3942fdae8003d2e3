import { HelixError } from '../errors.ts'

/** The desktop application cannot be built here. */
export function noDesktop(): HelixError {
  return new HelixError(
    'precondition_failed',
    'There is no desktop application to build yet; it will need Rust',
    {
      hint: 'Build the rest with `helix build all --skip desktop`.',
      next: ['helix build all --skip desktop'],
    },
  )
}
