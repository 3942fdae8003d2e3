import { type ReadonlySignal, signal } from '@preact/signals'
import { GoTrueClient } from '@supabase/auth-js'
import { unreachable } from '../../../src/client/failure.ts'
import type { TokenSource } from '../../../src/client/http.ts'
import type { Brought, LinkKind } from './brought.ts'
import { createLanding, type Landing } from './landing.ts'
import { createOwnAccount, type OwnAccount } from './own-account.ts'
import { accepted, refusal } from './refusal.ts'
import { withRetryWords } from './retry-words.ts'
import { owedFactor, readStored, STORAGE_KEY, type Stored, type Who, whoOf } from './stored.ts'

/** `unknown` until what this device keeps has been read. */
export type SessionState = 'unknown' | Who | 'signed-out'

/** Signing in and out; the same in all modes. Every method throws SignInRefusal. */
export interface Session {
  readonly state: ReadonlySignal<SessionState>
  /** The second factor that must be proved before anyone counts as signed in. */
  readonly factor: ReadonlySignal<string | undefined>
  /** What comes of the mailed link this page was opened by. */
  readonly landing: Landing
  /** For the client: the token to send; with a refused one, a fresh one. */
  readonly token: TokenSource
  /** What people change of how they sign in. */
  readonly own: OwnAccount
  /** Resolves to whether a mail has to be confirmed first. */
  signUp(email: string, password: string): Promise<'signed-in' | 'confirm'>
  password(email: string, password: string): Promise<void>
  /** Proves the second factor with a code of it. */
  secondFactor(code: string): Promise<void>
  /** Mails a link and a code to sign in with, to whoever has an account; nobody learns here who that is. */
  mailLink(email: string): Promise<void>
  mailReset(email: string): Promise<void>
  resendConfirmation(email: string): Promise<void>
  /** Spends the code of a mail. */
  code(kind: LinkKind, email: string, code: string): Promise<void>
  changePassword(password: string): Promise<void>
  /** On this device, or on all of them. */
  signOut(scope: 'local' | 'global'): Promise<void>
}

interface SessionDeps {
  /** Origin of the sign-in. */
  url: string
  anonKey: string
  storage: Storage
  /** The page: what other tabs do to the storage is told to it. */
  window: Pick<Window, 'addEventListener'>
  /** Where the links of mails lead. */
  origin: string
  brought: Brought | undefined
}

/** Why a session cannot be renewed, ever. */
const OVER = new Set([
  'refresh_token_not_found',
  'refresh_token_already_used',
  'session_not_found',
  'session_expired',
  'user_not_found',
  'user_banned',
])

/** Makes the session of one page. What this device keeps counts at once, and with no network, too. */
export function createSession({ url, anonKey, storage, window, origin, brought }: SessionDeps): Session {
  const auth = new GoTrueClient({
    url: `${url}/auth/v1`,
    headers: { apikey: anonKey },
    storage,
    storageKey: STORAGE_KEY,
    flowType: 'pkce',
    detectSessionInUrl: false,
    fetch: withRetryWords(globalThis.fetch),
  })
  const state = signal<SessionState>('unknown')
  const factor = signal<string | undefined>(undefined)

  function take(stored: Stored | null): void {
    factor.value = stored ? owedFactor(stored) : undefined
    const who = stored && factor.value === undefined ? whoOf(stored) : 'signed-out'
    if (!same(state.value, who)) state.value = who
  }

  take(readStored(storage.getItem(STORAGE_KEY)))
  auth.onAuthStateChange((event, stored) => {
    // At the beginning the library says "nobody" also where a stale token could not be renewed for want of a network.
    if (event !== 'INITIAL_SESSION') take(stored)
  })
  window.addEventListener('storage', ({ key, newValue }) => {
    if (key === STORAGE_KEY || key === null) take(readStored(newValue))
  })

  async function fresh(): Promise<string | undefined> {
    const { data, error } = await auth.refreshSession()
    const code = error && refusal(error).code
    if (code === 'network') throw unreachable(url, error)
    // The library keeps a session until its token is stale; but one that the gateway refuses is over.
    if (code && OVER.has(code)) await auth.signOut({ scope: 'local' })
    return data.session?.access_token
  }

  const confirm = `${origin}/confirm`
  const who = typeof state.value === 'string' ? undefined : state.value
  return {
    state,
    factor,
    landing: createLanding(auth, brought, who),
    own: createOwnAccount(auth, confirm),
    async token(refused) {
      const { data, error } = await auth.getSession()
      if (error && refusal(error).code === 'network') throw unreachable(url, error)
      const token = data.session?.access_token
      return token !== undefined && token === refused ? fresh() : token
    },
    async signUp(email, password) {
      const options = { emailRedirectTo: confirm }
      return accepted(await auth.signUp({ email, password, options })).session ? 'signed-in' : 'confirm'
    },
    async password(email, password) {
      accepted(await auth.signInWithPassword({ email, password }))
    },
    async secondFactor(code) {
      accepted(await auth.mfa.challengeAndVerify({ factorId: factor.value ?? '', code }))
    },
    async mailLink(email) {
      const options = { emailRedirectTo: confirm, shouldCreateUser: false }
      const { error } = await auth.signInWithOtp({ email, options })
      if (error && error.code !== 'otp_disabled') throw refusal(error)
    },
    async mailReset(email) {
      accepted(await auth.resetPasswordForEmail(email, { redirectTo: `${origin}/reset` }))
    },
    async resendConfirmation(email) {
      accepted(await auth.resend({ type: 'signup', email, options: { emailRedirectTo: confirm } }))
    },
    async code(kind, email, code) {
      accepted(await auth.verifyOtp({ type: kind, email, token: code }))
    },
    async changePassword(password) {
      accepted(await auth.updateUser({ password }))
    },
    async signOut(scope) {
      const { error } = await auth.signOut({ scope })
      if (error && scope === 'global') throw refusal(error)
    },
  }
}

function same(a: SessionState, b: SessionState): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b
  return a.userId === b.userId && a.email === b.email && a.anonymous === b.anonymous
}
