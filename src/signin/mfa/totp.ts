import { Secret, TOTP } from 'otpauth'

const PERIOD_SECONDS = 30
/** Steps before and after now whose codes are taken: clocks differ. */
const SKEW = 1

/** A new shared secret (160 bits, Base32), and the address that hands it to an authenticator. */
export function newTotp(issuer: string, label: string): { secret: string; uri: string } {
  const totp = totpOf(new Secret({ size: 20 }), issuer, label)
  return { secret: totp.secret.base32, uri: totp.toString() }
}

/** The time step a code belongs to, or undefined when it is none of these moments'; `now` in ms. */
export function stepOf(secret: string, code: string, now: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined
  const totp = totpOf(Secret.fromBase32(secret), '', '')
  const delta = totp.validate({ token: code, timestamp: now, window: SKEW })
  return delta === null ? undefined : Math.floor(now / 1000 / PERIOD_SECONDS) + delta
}

function totpOf(secret: Secret, issuer: string, label: string): TOTP {
  return new TOTP({ secret, issuer, label, algorithm: 'SHA1', digits: 6, period: PERIOD_SECONDS })
}
