import { hash, verify } from '@node-rs/bcrypt'
import { SignInError, type WeakPasswordReason } from './failure.ts'
import { randomToken } from './tokens.ts'

const COST = 10
const SHORTEST = 8
/** bcrypt reads no further, so that a longer password would be a weaker one than it seems. */
const LONGEST_BYTES = 72

/** Says what is wrong with a new password, if anything. @throws SignInError `weak_password`, `validation_failed` */
export function checkNewPassword(password: string): void {
  if (Buffer.byteLength(password) > LONGEST_BYTES) {
    throw new SignInError('validation_failed', `Password cannot be longer than ${LONGEST_BYTES} bytes`)
  }
  const weakness = weaknessOf(password)
  if (weakness) {
    throw new SignInError('weak_password', weakness.message, { reasons: weakness.reasons })
  }
}

/** Why a password is weak, as GoTrue words it. */
export interface Weakness {
  message: string
  reasons: WeakPasswordReason[]
}

/** What is weak about a password that may be in use, as one of an imported account; undefined when nothing is. */
export function weaknessOf(password: string): Weakness | undefined {
  if ([...password].length >= SHORTEST) return undefined
  return { message: `Password should be at least ${SHORTEST} characters.`, reasons: ['length'] }
}

/** The bcrypt hash to store, as Supabase Auth takes it in. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, COST)
}

/** Compares passwords with stored hashes; costs the same time whether or not there is a hash to compare with. */
export interface PasswordCheck {
  matches(password: string, stored: string | null | undefined): Promise<boolean>
}

/** Makes a {@link PasswordCheck}, with a hash nobody knows the password of for people who have none. */
export async function createPasswordCheck(): Promise<PasswordCheck> {
  const nobodys = await hashPassword(randomToken())
  return {
    async matches(password, stored) {
      const known = isBcrypt(stored) && Buffer.byteLength(password) <= LONGEST_BYTES
      const same = await verify(password, known ? stored : nobodys)
      return known && same
    },
  }
}

/** Whether a stored hash is one that passwords can be compared with. */
export function isBcrypt(stored: string | null | undefined): stored is string {
  return /^\$2[abxy]\$\d\d\$.{53}$/.test(stored ?? '')
}
