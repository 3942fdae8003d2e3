import { createHash } from 'node:crypto'
import { limitKey } from '../limits/limit-key.ts'
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
  /** Requests about second factors in five minutes; counts each person too. */
  factors: number
  /** Mails that go out in an hour, to everybody together. */
  mailsPerHour: number
}

/** What is counted by the address it comes from. */
export type CountedRequest = Exclude<keyof SignInRates, 'mailsPerHour'>

/** Mails of one kind to one address come this far apart, in seconds. */
const MAIL_SECONDS = 60
/** Codes of one address (and nonces of one person) tried by one caller in an hour, right or wrong, whatever the mails. */
const CODES_PER_HOUR = 20
/** The same by all callers together: few against a million codes, and more than one stranger can use up. */
const CODES_PER_HOUR_OF_ALL = 100

/** Over a Unix socket nobody has an address: they count together. */
const NO_ADDRESS = 'no address'

/** Refuses what comes too often, in GoTrue's words. Whether an account exists makes no difference. */
export interface SignInLimits {
  /** Whether anonymous accounts are offered. */
  readonly anonymous: boolean
  /**
   * Counts a request of an address.
   * @param tell told where the address stands, also when it is refused
   * @throws SignInError `over_request_rate_limit`
   */
  request(kind: CountedRequest, address: string | null, tell?: (standing: Standing) => void): Promise<void>
  /** Counts a request about a person's second factors. @throws SignInError `over_request_rate_limit` */
  factors(userId: string): Promise<void>
  /** Counts a mail of one kind to one address. @throws SignInError `over_email_send_rate_limit` */
  mail(kind: string, email: string): Promise<void>
  /** Counts a mail of all. @throws SignInError `over_email_send_rate_limit` */
  anyMail(): Promise<void>
  /** Counts a code tried for an address, by a caller's own. @throws SignInError `over_request_rate_limit` */
  code(email: string, address: string | null): Promise<void>
  /** Counts a code that a signed-in person tries for themselves. @throws SignInError `over_request_rate_limit` */
  nonce(userId: string): Promise<void>
}

/** Makes the limits over a counter that all gateways share. */
export function createSignInLimits(limiter: Limiter, rates: SignInRates): SignInLimits {
  return {
    anonymous: rates.anonymousSignUps > 0,
    async request(kind, address, tell) {
      const seconds = kind === 'anonymousSignUps' ? 3600 : 300
      const standing = await limiter.take(policy(kind, rates[kind], seconds), address ?? NO_ADDRESS)
      tell?.(standing)
      refuseRequest(standing)
    },
    async factors(userId) {
      refuseRequest(await limiter.take(policy('factors_of_one', rates.factors, 300), userId))
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
    async code(email, address) {
      const caller = limitKey(address ?? NO_ADDRESS)
      const tried = digest(`${email} ${caller}`)
      refuseRequest(await limiter.take(policy('codes', CODES_PER_HOUR, 3600), tried))
      // Only what passed the first count reaches the second, so that one caller cannot use it up.
      refuseRequest(await limiter.take(policy('codes_of_all', CODES_PER_HOUR_OF_ALL, 3600), digest(email)))
    },
    async nonce(userId) {
      refuseRequest(await limiter.take(policy('nonces', CODES_PER_HOUR, 3600), userId))
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
