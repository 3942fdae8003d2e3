import { type ReadonlySignal, signal } from '@preact/signals'
import { GoTrueClient, type Session as Stored } from '@supabase/auth-js'
import type { TokenSource } from '../../../src/client/http.ts'
import { createOwnAccount, type OwnAccount } from './own-account.ts'
import { accepted, refusal } from './refusal.ts'

/** Somebody who is signed in. */
export interface Who {
  userId: string
  email: string
  /** Whether they never gave an address. */
  anonymous: boolean
}

/** `unknown` until what this device keeps has been read. */
export type SessionState = 'unknown' | Who | 'signed-out'

/** A mail's link or code, by what it is for. */
export type MailedKind = 'signup' | 'magiclink' | 'recovery' | 'invite' | 'email_change' | 'email'

/** Signing in and out; the same in all modes. Every method throws SignInRefusal. */
export interface Session {
  readonly state: ReadonlySignal<SessionState>
  /** The second factor that must be proved before anyone counts as signed in. */
  readonly factor: ReadonlySignal<string | undefined>
  /** For the client: the token to send; with a refused one, a fresh one. */
  readonly token: TokenSource
  /** What people change of how they sign in. */
  readonly own: OwnAccount
  /** Resolves to whether a mail has to be confirmed first. */
  signUp(email: string, password: string): Promise<'signed-in' | 'confirm'>
  password(email: string, password: string): Promise<void>
  /** Proves the second factor with a code of it. */
  secondFactor(code: string): Promise<void>
  /** Mails a link and a code to sign in with. */
  mailLink(email: string): Promise<void>
  mailReset(email: string): Promise<void>
  resendConfirmation(email: string): Promise<void>
  /** Spends the code of a mail. */
  code(kind: MailedKind, email: string, code: string): Promise<void>
  changePassword(password: string): Promise<void>
  /** On this device, or on all of them. */
  signOut(scope: 'local' | 'global'): Promise<void>
}

interface SessionDeps {
  /** Origin of the sign-in. */
  url: string
  anonKey: string
  storage: Storage
}

const STORAGE_KEY = 'helix.session'

/** Makes the session of one page; it reads what this device keeps at once. */
export function createSession({ url, anonKey, storage }: SessionDeps): Session {
  const auth = new GoTrueClient({
    url: `${url}/auth/v1`,
    headers: { apikey: anonKey },
    storage,
    storageKey: STORAGE_KEY,
    flowType: 'pkce',
    detectSessionInUrl: false,
  })
  const state = signal<SessionState>('unknown')
  const factor = signal<string | undefined>(undefined)
  auth.onAuthStateChange((_event, stored) => take(stored))

  function take(stored: Stored | null): void {
    factor.value = stored ? owedFactor(stored) : undefined
    const who = stored && factor.value === undefined ? whoOf(stored) : 'signed-out'
    if (!same(state.value, who)) state.value = who
  }

  const landing = (path: string) => new URL(path, location.origin).href

  return {
    state,
    factor,
    own: createOwnAccount(auth, landing('/confirm')),
    async token(refused) {
      const { session } = (await auth.getSession()).data
      if (refused === undefined || session?.access_token !== refused) return session?.access_token
      return (await auth.refreshSession()).data.session?.access_token
    },
    async signUp(email, password) {
      const options = { emailRedirectTo: landing('/confirm') }
      const { session } = accepted(await auth.signUp({ email, password, options }))
      return session ? 'signed-in' : 'confirm'
    },
    async password(email, password) {
      accepted(await auth.signInWithPassword({ email, password }))
    },
    async secondFactor(code) {
      accepted(await auth.mfa.challengeAndVerify({ factorId: factor.value ?? '', code }))
    },
    async mailLink(email) {
      const options = { emailRedirectTo: landing('/confirm'), shouldCreateUser: false }
      accepted(await auth.signInWithOtp({ email, options }))
    },
    async mailReset(email) {
      accepted(await auth.resetPasswordForEmail(email, { redirectTo: landing('/confirm?next=reset') }))
    },
    async resendConfirmation(email) {
      const options = { emailRedirectTo: landing('/confirm') }
      accepted(await auth.resend({ type: 'signup', email, options }))
    },
    async code(kind, email, code) {
      accepted(await auth.verifyOtp({ type: kind, email, token: code }))
    },
    async changePassword(password) {
      accepted(await auth.updateUser({ password }))
    },
    async signOut(scope) {
      const { error } = await auth.signOut({ scope })
      if (error) throw refusal(error)
    },
  }
}

/** The verified factor of a session that has not proved it yet. */
function owedFactor({ user, access_token }: Stored): string | undefined {
  const verified = user.factors?.find(
    ({ factor_type, status }) => factor_type === 'totp' && status === 'verified',
  )
  return verified && levelOf(access_token) !== 'aal2' ? verified.id : undefined
}

function levelOf(token: string): unknown {
  const payload = token.split('.')[1] ?? ''
  const { aal } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { aal?: unknown }
  return aal
}

function whoOf({ user }: Stored): Who {
  return { userId: user.id, email: user.email ?? '', anonymous: user.is_anonymous ?? false }
}

function same(a: SessionState, b: SessionState): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b
  return a.userId === b.userId && a.email === b.email && a.anonymous === b.anonymous
}
