import { HelixError } from '../errors.ts'

/** Nobody has this account any more. */
export function noAccount(): HelixError {
  return new HelixError('unauthorized', 'The account of this access token no longer exists', {
    hint: 'Sign in again with `helix login`.',
    next: ['helix login'],
  })
}

export function banned(): HelixError {
  return new HelixError('unauthorized', 'The account of this access token is banned', {
    hint: 'Whoever administers this Helix can lift the ban.',
    details: { reason: 'banned' },
  })
}

/** Every route of ours is closed to this person until somebody ends their suspension. */
export function accountSuspended(message = 'This account is suspended'): HelixError {
  return new HelixError('account_suspended', message, {
    hint: 'Whoever administers this Helix can end the suspension.',
    details: { reason: 'suspended' },
  })
}

export function secondFactorRequired(): HelixError {
  return new HelixError(
    'second_factor_required',
    'This account has a second factor, which this session has not proved',
    {
      hint: 'Sign in again with `helix login`, which asks for the code; a page asks for it by `auth.mfa`.',
      next: ['helix login'],
    },
  )
}

export function nobodyIsCreator(): HelixError {
  return new HelixError('precondition_failed', 'This installation has no creator', {
    hint: 'Name one with `helix user creator <email>`.',
    next: ['helix user creator <email>'],
  })
}
