import { z } from 'zod'
import type { Operation } from '../operation.ts'
import {
  FactorChallenge,
  FactorEnrolled,
  FactorEnrolment,
  FactorRemoved,
  FactorSession,
  FactorVerification,
} from '../signin-mfa.ts'
import { SignInFactor } from '../signin-user.ts'

const tag = 'Second factors'

export const signinMfaOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/auth/v1/factors',
    id: 'enrollFactor',
    summary: 'Begins a second factor.',
    description:
      'It counts once a code of it was verified. Who has a verified factor must have proved it to add one.',
    tag,
    access: 'person',
    scope: 'session',
    body: FactorEnrolment,
    example: { factor_type: 'totp', friendly_name: 'phone' },
    answers: { 200: { description: 'The factor with its secret, shown this once.', schema: FactorEnrolled } },
    failures: ['insufficient_aal', 'mfa_factor_name_conflict', 'too_many_enrolled_mfa_factors'],
  },
  {
    method: 'post',
    path: '/auth/v1/factors/{id}/challenge',
    id: 'challengeFactor',
    summary: 'Asks for a code of a factor.',
    tag,
    access: 'person',
    scope: 'session',
    answers: { 200: { description: 'The challenge; it waits five minutes.', schema: FactorChallenge } },
    failures: ['mfa_factor_not_found'],
  },
  {
    method: 'post',
    path: '/auth/v1/factors/{id}/verify',
    id: 'verifyFactor',
    summary: 'Proves a factor with a code.',
    description:
      'A code counts once. After five wrong ones none is looked at until five minutes have passed since the first. ' +
      'Sessions of the person that know only one factor end.',
    tag,
    access: 'person',
    scope: 'session',
    body: FactorVerification,
    example: { challenge_id: '6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01', code: '123456' },
    answers: { 200: { description: 'The session, with new tokens.', schema: FactorSession } },
    failures: [
      'mfa_factor_not_found',
      'mfa_verification_failed',
      'mfa_challenge_expired',
      'mfa_ip_address_mismatch',
      'over_request_rate_limit',
    ],
  },
  {
    method: 'delete',
    path: '/auth/v1/factors/{id}',
    id: 'unenrollFactor',
    summary: 'Takes a factor away.',
    description: 'A verified one only from a session that has proved it.',
    tag,
    access: 'person',
    scope: 'session',
    answers: { 200: { description: 'What was taken away.', schema: FactorRemoved } },
    failures: ['mfa_factor_not_found', 'insufficient_aal'],
  },
  {
    method: 'get',
    path: '/auth/v1/admin/users/{id}/factors',
    id: 'adminListFactors',
    summary: 'Lists the second factors of a person.',
    tag,
    access: 'service',
    answers: { 200: { description: 'The factors.', schema: z.array(SignInFactor) } },
    failures: ['user_not_found'],
  },
  {
    method: 'delete',
    path: '/auth/v1/admin/users/{id}/factors/{factorId}',
    id: 'adminDeleteFactor',
    summary: 'Takes a person’s factor away, as when their phone is lost.',
    tag,
    access: 'service',
    answers: { 200: { description: 'The factor that was.', schema: SignInFactor } },
    failures: ['user_not_found', 'mfa_factor_not_found'],
  },
]
