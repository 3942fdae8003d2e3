import type { GoTrueClient } from '@supabase/auth-js'
import { accepted, refusal } from './refusal.ts'

/** A second factor somebody has proved. */
export interface OwnFactor {
  id: string
  name: string
  createdAt: string
}

/** What sign-in knows of the person themselves. */
export interface OwnFacts {
  email: string
  /** An address that waits to be confirmed. */
  newEmail: string | undefined
  factors: readonly OwnFactor[]
}

/** A factor that counts once a code of it was verified. */
export interface Enrolment {
  factorId: string
  /** Base32, for typing it in. */
  secret: string
  /** The same as an `otpauth:` address, for a QR code. */
  uri: string
}

/** What people change of how they sign in; the same in all modes. Every method throws SignInRefusal. */
export interface OwnAccount {
  read(): Promise<OwnFacts>
  /** Resolves to whether the address counts at once, or mails have to be followed first. */
  changeEmail(email: string): Promise<'changed' | 'mailed'>
  /** With the code of a mail where the session is too old to do without. */
  changePassword(password: string, code?: string): Promise<void>
  /** Mails a code that goes with a change of the password. */
  mailProof(): Promise<void>
  /** Begins a second factor; one of the same name that was never proved is given up. */
  enrol(name: string): Promise<Enrolment>
  /** Proves a factor with a code of it; the first time, that turns it on. */
  prove(factorId: string, code: string): Promise<void>
  removeFactor(factorId: string): Promise<void>
  signOutOthers(): Promise<void>
}

/** Makes the account of whoever is signed in; `landing` is where the links of mails lead. */
export function createOwnAccount(auth: GoTrueClient, landing: string): OwnAccount {
  const user = async () => accepted(await auth.getUser()).user

  async function giveUp(name: string): Promise<void> {
    const factors = (await user())?.factors ?? []
    for (const { id, status, friendly_name } of factors)
      if (status === 'unverified' && friendly_name === name)
        accepted(await auth.mfa.unenroll({ factorId: id }))
  }

  return {
    async read() {
      const known = await user()
      const proved = known?.factors?.filter(({ status }) => status === 'verified') ?? []
      return {
        email: known?.email ?? '',
        newEmail: known?.new_email,
        factors: proved.map(({ id, friendly_name, created_at }) => ({
          id,
          name: friendly_name ?? '',
          createdAt: created_at,
        })),
      }
    },
    async changeEmail(email) {
      const changed = accepted(await auth.updateUser({ email }, { emailRedirectTo: landing })).user
      return changed?.email?.toLowerCase() === email.toLowerCase() ? 'changed' : 'mailed'
    },
    async changePassword(password, code) {
      accepted(await auth.updateUser({ password, ...(code === undefined ? {} : { nonce: code }) }))
    },
    async mailProof() {
      accepted(await auth.reauthenticate())
    },
    async enrol(name) {
      await giveUp(name)
      const { id, totp } = accepted(await auth.mfa.enroll({ factorType: 'totp', friendlyName: name }))
      return { factorId: id, secret: totp.secret, uri: totp.uri }
    },
    async prove(factorId, code) {
      accepted(await auth.mfa.challengeAndVerify({ factorId, code }))
    },
    async removeFactor(factorId) {
      accepted(await auth.mfa.unenroll({ factorId }))
      // The token in use still says what was proved before.
      accepted(await auth.refreshSession())
    },
    async signOutOthers() {
      const { error } = await auth.signOut({ scope: 'others' })
      if (error) throw refusal(error)
    },
  }
}
