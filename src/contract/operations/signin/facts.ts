import { z } from 'zod'
import type { Operation } from '../../operation.ts'
import { GeneratedLink, GenerateLinkBody, InviteBody, SignInSettings } from '../../signin.ts'
import { SignInUser } from '../../signin-user.ts'
import { redirect, tag } from './shared.ts'

/** What anyone may know of the sign-in, and what is not offered. */
export const signinFactOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/auth/v1/settings',
    id: 'getSignInSettings',
    summary: 'Tells what ways to sign in there are.',
    tag,
    access: 'public',
    answers: { 200: { description: 'The settings.', schema: SignInSettings } },
  },
  {
    method: 'get',
    path: '/auth/v1/health',
    id: 'getSignInHealth',
    summary: 'Tells name and release of the sign-in.',
    tag,
    access: 'public',
    answers: {
      200: {
        description: 'It answers.',
        schema: z.object({ name: z.string(), version: z.string(), description: z.string() }),
      },
    },
  },
  {
    method: 'get',
    path: '/auth/v1/.well-known/jwks.json',
    id: 'getKeySet',
    summary: 'Shows the public keys that verify access tokens.',
    tag,
    access: 'public',
    answers: {
      200: {
        description: 'A key set.',
        schema: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
      },
    },
  },
  {
    method: 'get',
    path: '/auth/v1/authorize',
    id: 'authorizeWithProvider',
    summary: 'Refuses to sign in with another service: none is offered.',
    tag,
    access: 'public',
    answers: {},
    failures: ['validation_failed'],
  },
  {
    method: 'post',
    path: '/auth/v1/sso',
    id: 'signInWithSso',
    summary: 'Refuses single sign-on: it is not offered.',
    tag,
    access: 'public',
    answers: {},
    failures: ['saml_provider_disabled'],
  },
]

/** Links that whoever holds the service-role key makes for others. */
export const adminLinkOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/auth/v1/invite',
    id: 'inviteUser',
    summary: 'Invites somebody by mail.',
    tag: 'Administration of people',
    access: 'service',
    query: redirect,
    body: InviteBody,
    example: { email: 'ada@example.com' },
    answers: { 200: { description: 'The person.', schema: SignInUser } },
    failures: [
      'email_exists',
      'email_address_invalid',
      'validation_failed',
      'over_email_send_rate_limit',
      'unexpected_failure',
    ],
  },
  {
    method: 'post',
    path: '/auth/v1/admin/generate_link',
    id: 'adminGenerateLink',
    summary: 'Makes a one-time link and code without sending them.',
    description: 'A `magiclink` for somebody unknown becomes a `signup`.',
    tag: 'Administration of people',
    access: 'service',
    query: redirect,
    body: GenerateLinkBody,
    example: { type: 'magiclink', email: 'ada@example.com' },
    answers: { 200: { description: 'The person, with the link.', schema: GeneratedLink } },
    failures: ['email_exists', 'user_not_found', 'weak_password', 'validation_failed'],
  },
]
