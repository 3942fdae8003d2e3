import { z } from 'zod'
import type { Operation } from '../../operation.ts'
import { OtpBody, RecoverBody, ResendBody, SignInSession, VerifyBody, VerifyQuery } from '../../signin.ts'
import { asked, redirect, tag } from './shared.ts'

const MAIL_FAILURES = [
  'validation_failed',
  'over_request_rate_limit',
  'over_email_send_rate_limit',
  'unexpected_failure',
]
const example = { email: 'ada@example.com' }

/** Mailed links and codes: asking for them, and using them. */
export const mailOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/auth/v1/otp',
    id: 'sendOtp',
    summary: 'Mails a link and a code of six digits to sign in with.',
    description:
      'One mail of a kind goes to an address in a minute. The answer is the same whether or not there is an ' +
      'account, except with `create_user` false.',
    tag,
    access: 'public',
    query: redirect,
    body: OtpBody,
    example,
    answers: asked,
    failures: ['otp_disabled', 'phone_provider_disabled', ...MAIL_FAILURES],
  },
  {
    method: 'post',
    path: '/auth/v1/magiclink',
    id: 'sendMagicLink',
    summary: 'Does what `/auth/v1/otp` does, for older clients.',
    tag,
    access: 'public',
    query: redirect,
    body: OtpBody,
    example,
    answers: asked,
    failures: ['otp_disabled', ...MAIL_FAILURES],
  },
  {
    method: 'post',
    path: '/auth/v1/recover',
    id: 'recover',
    summary: 'Mails a link and a code to choose a new password with.',
    tag,
    access: 'public',
    query: redirect,
    body: RecoverBody,
    example,
    answers: asked,
    failures: MAIL_FAILURES,
  },
  {
    method: 'post',
    path: '/auth/v1/resend',
    id: 'resendMail',
    summary: 'Mails a confirmation again; the earlier one no longer works.',
    tag,
    access: 'public',
    query: redirect,
    body: ResendBody,
    example: { type: 'signup', ...example },
    answers: asked,
    failures: ['phone_provider_disabled', ...MAIL_FAILURES],
  },
  {
    method: 'get',
    path: '/auth/v1/verify',
    id: 'followLink',
    summary: 'Spends a one-time link and leads the browser on.',
    description:
      'With the tokens in the fragment, or, for a program that waits, with `code` in the query. A failure is told ' +
      'there too: `error`, `error_code`, `error_description`.',
    tag,
    access: 'public',
    query: VerifyQuery,
    answers: {
      303: { description: 'Where to go on.', headers: { Location: 'The page, with what came of it.' } },
    },
    failures: ['validation_failed', 'over_request_rate_limit'],
  },
  {
    method: 'post',
    path: '/auth/v1/verify',
    id: 'verifyOtp',
    summary: 'Spends a code, or the token of a link.',
    description: 'After five wrong codes only the link still works.',
    tag,
    access: 'public',
    body: VerifyBody,
    example: { type: 'email', email: 'ada@example.com', token: '123456' },
    answers: {
      200: {
        description: 'A session; or, when the first of two addresses has agreed to a change, a message.',
        schema: z.union([SignInSession, z.object({ msg: z.string(), code: z.string() })]),
      },
    },
    failures: ['otp_expired', 'user_banned', 'email_exists', 'validation_failed', 'over_request_rate_limit'],
  },
]
