import type { Operation } from '../../operation.ts'
import { UserChangesBody } from '../../signin.ts'
import { SignInUser } from '../../signin-user.ts'
import { asked, redirect, tag } from './shared.ts'

const person = { 200: { description: 'The person.', schema: SignInUser } }

/** The caller's own account. */
export const userOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/auth/v1/user',
    id: 'getUser',
    summary: 'Answers the person of the access token.',
    tag,
    access: 'person',
    scope: 'session',
    answers: person,
    failures: ['user_not_found', 'session_not_found'],
  },
  {
    method: 'put',
    path: '/auth/v1/user',
    id: 'updateUser',
    summary: 'Changes password, address or metadata.',
    description:
      'In a session older than a day a new password needs a fresh code. An anonymous account becomes a usual one ' +
      'with an address.',
    tag,
    access: 'person',
    scope: 'session',
    query: redirect,
    body: UserChangesBody,
    example: { data: { name: 'Ada' } },
    answers: person,
    failures: [
      'weak_password',
      'same_password',
      'email_exists',
      'email_address_invalid',
      'reauthentication_needed',
      'reauthentication_not_valid',
      'invalid_credentials',
      'not_admin',
      'insufficient_aal',
      'phone_provider_disabled',
      'validation_failed',
      'over_request_rate_limit',
      'over_email_send_rate_limit',
      'unexpected_failure',
    ],
  },
  {
    method: 'get',
    path: '/auth/v1/reauthenticate',
    id: 'reauthenticate',
    summary: 'Mails a code that goes with a change of the password.',
    tag,
    access: 'person',
    scope: 'session',
    answers: asked,
    failures: [
      'email_not_confirmed',
      'validation_failed',
      'over_request_rate_limit',
      'over_email_send_rate_limit',
      'unexpected_failure',
    ],
  },
  {
    method: 'get',
    path: '/auth/v1/user/identities/authorize',
    id: 'linkIdentity',
    summary: 'Refuses to link another way to sign in: there is none.',
    tag,
    access: 'person',
    scope: 'session',
    answers: {},
    failures: ['manual_linking_disabled'],
  },
  {
    method: 'delete',
    path: '/auth/v1/user/identities/{id}',
    id: 'unlinkIdentity',
    summary: 'Refuses to unlink a way to sign in.',
    tag,
    access: 'person',
    scope: 'session',
    answers: {},
    failures: ['manual_linking_disabled'],
  },
]
