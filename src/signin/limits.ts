import { createHash } from 'node:crypto'
import type { Limiter, Policy, Standing } from '../limits/limiter.ts'
import { SignInError } from './failure.ts'

/** How often, by setting: each counts one address, or for mails the installation. */
export interface SignInRates {
  /** Sign-ups in five minutes. */
  signUps: number
  /** Anonymous accounts in an hour; 0 turns them off. */
  anonymousSignUps: number
  /** Attempts with a password in five minutes. */
  signIns: number
  /** Renewed sessions and exchanged codes in five minutes. */
  tokens: number
  /** Links and codes tried in five minutes. */
  verifications: number
  /** Mails asked for, and changes to an account, in five minutes. */
  mailRequests: number
  /** Mails that go out in an hour, to everybody together. */
  mailsPerHour: number
}

/** What is counted by the address it comes from. */
export type CountedRequest = Exclude<keyof SignInRates, 'mailsPerHour'>

/** Mails of one kind to one address come this far apart, in seconds. */
const MAIL_SECONDS = 60
/** Codes tried for one address in an hour, right or wrong, whatever the number of mails. */
const CODES_PER_HOUR = 20

/** Refuses what comes too often, in GoTrue's words. Whether an account exists makes no difference. */
export interface SignInLimits {
  /** Whether anonymous accounts are offered. */
  readonly anonymous: boolean
  /** Counts a request of an address. @throws SignInError `over_request_rate_limit` */
  request(kind: CountedRequest, address: string | null): Promise<void>
  /** Counts a mail of one kind to one address. @throws SignInError `over_email_send_rate_limit` */
  mail(kind: string, email: string): Promise<void>
  /** Counts a mail of all. @throws SignInError `over_email_send_rate_limit` */
  anyMail(): Promise<void>
  /** Counts a code tried for an address. @throws SignInError `over_request_rate_limit` */
  code(email: string): Promise<void>
}

/** Makes the limits over a counter that all gateways share. */
export function createSignInLimits(limiter: Limiter, rates: SignInRates): SignInLimits {
  return {
    anonymous: rates.anonymousSignUps > 0,
    async request(kind, address) {
      const seconds = kind === 'anonymousSignUps' ? 3600 : 300
      // Over a Unix socket nobody has an address: they count together.
      refuseRequest(await limiter.take(policy(kind, rates[kind], seconds), address ?? 'no address'))
    },
    async mail(kind, email) {
      const standing = await limiter.take(policy(`mail_${kind}`, 1, MAIL_SECONDS), digest(email))
      if (standing.allowed) return
      const seconds = Math.max(1, Math.ceil(standing.resetMs / 1000))
      throw tooManyMails(
        `For security purposes, you can only request this after ${seconds} seconds.`,
        standing,
      )
    },
    async anyMail() {
      const standing = await limiter.take(policy('mails', rates.mailsPerHour, 3600), 'all')
      if (!standing.allowed) throw tooManyMails('email rate limit exceeded', standing)
    },
    async code(email) {
      refuseRequest(await limiter.take(policy('codes', CODES_PER_HOUR, 3600), digest(email)))
    },
  }
}

function policy(name: string, points: number, seconds: number): Policy {
  return { name: `auth_${name}`, points, seconds }
}

function refuseRequest({ allowed, resetMs }: Standing): void {
  if (allowed) return
  throw new SignInError('over_request_rate_limit', 'Request rate limit reached', { retryAfterMs: resetMs })
}

function tooManyMails(message: string, { resetMs }: Standing): SignInError {
  return new SignInError('over_email_send_rate_limit', message, { retryAfterMs: resetMs })
}

/** Counters are no list of the addresses that were asked about. */
function digest(email: string): string {
  return createHash('sha256').update(email).digest('base64url')
}
