import { z } from 'zod'
import type { Operation } from '../../operation.ts'
import { SignInSession, SignUpBody, TokenBody } from '../../signin.ts'
import { SignInUser } from '../../signin-user.ts'
import { redirect, tag } from './shared.ts'

/** Becoming known; beginning, renewing and ending sessions. */
export const sessionOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/auth/v1/signup',
    id: 'signUp',
    summary: 'Makes an account, with an address or anonymous.',
    description:
      'Where addresses confirm themselves (the gateway listens on this machine only and no SMTP server is set), ' +
      'and for an anonymous account, it answers a session; else the person alone, and a mail goes out. A taken ' +
      'address is then answered with somebody made up.',
    tag,
    access: 'public',
    query: redirect,
    body: SignUpBody,
    example: { email: 'ada@example.com', password: 'correct horse battery' },
    answers: {
      200: { description: 'A session, or the person alone.', schema: z.union([SignInSession, SignInUser]) },
    },
    failures: [
      'weak_password',
      'user_already_exists',
      'validation_failed',
      'email_address_invalid',
      'anonymous_provider_disabled',
      'phone_provider_disabled',
      'over_request_rate_limit',
    ],
  },
  {
    method: 'post',
    path: '/auth/v1/token',
    id: 'createSession',
    summary: 'Signs in by password or code, or renews a session.',
    description:
      'A refresh token works once; the last one may be sent again, for a client that lost the answer, and any ' +
      'older one ends the session.',
    tag,
    access: 'public',
    query: z.object({ grant_type: z.enum(['password', 'refresh_token', 'pkce']) }),
    body: TokenBody,
    example: { email: 'ada@example.com', password: 'correct horse battery' },
    answers: { 200: { description: 'A session.', schema: SignInSession } },
    failures: [
      'invalid_credentials',
      'email_not_confirmed',
      'user_banned',
      'refresh_token_not_found',
      'refresh_token_already_used',
      'session_expired',
      'flow_state_not_found',
      'flow_state_expired',
      'bad_code_verifier',
      'provider_disabled',
      'web3_provider_disabled',
      'validation_failed',
      'over_request_rate_limit',
    ],
  },
  {
    method: 'post',
    path: '/auth/v1/logout',
    id: 'signOut',
    summary: 'Ends sessions; their access tokens stop working at once.',
    tag,
    access: 'person',
    scope: 'session',
    query: z.object({
      scope: z.enum(['global', 'local', 'others']).optional().describe('`global` unless told.'),
    }),
    answers: { 204: { description: 'Signed out.' } },
    failures: ['validation_failed'],
  },
]
