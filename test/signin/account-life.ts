import { randomUUID } from 'node:crypto'
import { createClient, type Session, type SupabaseClient } from '@supabase/supabase-js'
import { TOTP } from 'otpauth'
import { DELETION_PHRASE } from '../../src/contract/account.ts'

/** Where an account lives: the gateway, and who signs people in for it. */
export interface Place {
  /** The gateway. */
  apiUrl: string
  /** What a client of Supabase is made with: the gateway itself, or the project. */
  authUrl: string
  anonKey: string
  serviceRoleKey: string
  /** The latest mail of a kind to an address, once there is one that was written after `since` (ms since 1970). */
  readMail(to: string, kind: string, since: number): Promise<{ link: string }>
}

/** One step of a life, for whoever watches it. */
export type Tell = (step: string) => void

/**
 * Walks the whole life of an account with the unmodified client of Supabase: sign-up to deletion. Every step checks
 * what it did; the first that is not as it should be throws and names itself.
 */
export async function walkAccountLife(place: Place, tell: Tell = () => {}): Promise<void> {
  const life = createLife(place)
  for (const [step, walk] of Object.entries(STEPS)) {
    try {
      await walk(life)
    } catch (cause) {
      throw new Error(`${step}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    }
    tell(step)
  }
}

/** What the steps hand on to each other. */
interface Life {
  place: Place
  auth: SupabaseClient['auth']
  admin: SupabaseClient['auth']['admin']
  email: string
  password: string
  userId: string
  conversation: string
  factorId: string
  secret: string
  /** Codes are taken once, so each step takes a later one. */
  nextCode: () => string
}

function createLife(place: Place): Life {
  const client = (key: string) =>
    createClient(place.authUrl, key, {
      auth: {
        storageKey: randomUUID(),
        storage: memory(),
        autoRefreshToken: false,
        detectSessionInUrl: false,
      },
    })
  let step = -1
  const life: Life = {
    place,
    auth: client(place.anonKey).auth,
    admin: client(place.serviceRoleKey).auth.admin,
    email: `life-${randomUUID()}@example.com`,
    password: 'correct horse battery',
    userId: '',
    conversation: '',
    factorId: '',
    secret: '',
    nextCode: () => {
      const code = new TOTP({ secret: life.secret }).generate({ timestamp: Date.now() + step * 30_000 })
      step += 1
      return code
    },
  }
  return life
}

type Step = (life: Life) => Promise<void>

export const STEPS: Record<string, Step> = {
  'sign-up, which waits for the address to be confirmed': async (life) => {
    const { email, password } = life
    const { data } = good(await life.auth.signUp({ email, password, options: { data: { name: 'Ada' } } }))
    same(data.session, null)
    life.userId = data.user?.id ?? ''
    const early = await life.auth.signInWithPassword({ email, password })
    same(early.error?.code, 'email_not_confirmed')
  },

  'confirmation by the mailed link': async (life) => {
    const { link } = await life.place.readMail(life.email, 'signup', 0)
    good(await life.auth.setSession(await follow(link)))
    same((await life.auth.getUser()).data.user?.email_confirmed_at !== undefined, true)
  },

  'sign-in with the password': async (life) => {
    const { data } = good(await life.auth.signInWithPassword({ email: life.email, password: life.password }))
    same(data.user.id, life.userId)
    same((await life.auth.getClaims()).data?.claims.sub, life.userId)
    const wrong = await life.auth.signInWithPassword({ email: life.email, password: 'wrong' })
    same(wrong.error?.code, 'invalid_credentials')
    good(await life.auth.signInWithPassword({ email: life.email, password: life.password }))
  },

  'a refreshed session': async (life) => {
    const before = (await life.auth.getSession()).data.session
    const { data } = good(await life.auth.refreshSession())
    same(data.session?.refresh_token === before?.refresh_token, false)
  },

  'a conversation with Helix': async (life) => {
    const reply = await api(life, 'POST', '/api/chat/message', { message: 'hello from a whole life' })
    same(reply.status, 200)
    life.conversation = reply.body.sessionKey
    same((await api(life, 'GET', '/api/profile')).body.userId, life.userId)
  },

  'a second factor, enrolled and proved': async (life) => {
    const { data } = good(await life.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'phone' }))
    life.factorId = data?.id ?? ''
    life.secret = data && 'totp' in data ? data.totp.secret : ''
    good(await life.auth.mfa.challengeAndVerify({ factorId: life.factorId, code: life.nextCode() }))
    same((await life.auth.mfa.getAuthenticatorAssuranceLevel()).data?.currentLevel, 'aal2')
    same((await life.auth.mfa.listFactors()).data?.totp.length, 1)
    same((await api(life, 'GET', '/api/profile')).status, 200)
  },

  'another password, which needs the second factor': async (life) => {
    const old = life.password
    await signInAgain(life)
    await until(async () => (await api(life, 'GET', '/api/profile')).body.code === 'second_factor_required')
    const early = await life.auth.updateUser({ password: 'another good one' })
    same(early.error?.code, 'insufficient_aal')
    await prove(life)
    good(await life.auth.updateUser({ password: 'another good one' }))
    life.password = 'another good one'
    const stale = await elsewhere(life).signInWithPassword({ email: life.email, password: old })
    same(stale.error?.code, 'invalid_credentials')
  },

  'another address, which both addresses confirm': async (life) => {
    const since = Date.now()
    const [before, after] = [life.email, `moved-${randomUUID()}@example.com`]
    good(await life.auth.updateUser({ email: after }))
    for (const [to, kind] of [
      [before, 'email_change_current'],
      [after, 'email_change_new'],
    ] as const) {
      await follow((await life.place.readMail(to, kind, since)).link)
    }
    life.email = after
    good(await elsewhere(life).signInWithPassword({ email: after, password: life.password }))
  },

  'recovery of a forgotten password': async (life) => {
    const since = Date.now()
    good(await life.auth.resetPasswordForEmail(life.email))
    const { link } = await life.place.readMail(life.email, 'recovery', since)
    good(await life.auth.setSession(await follow(link)))
    await prove(life)
    good(await life.auth.updateUser({ password: 'a third one, remembered' }))
    life.password = 'a third one, remembered'
    good(await elsewhere(life).signInWithPassword({ email: life.email, password: life.password }))
  },

  'the second factor, taken away by an administrator': async (life) => {
    good(await life.admin.mfa.deleteFactor({ userId: life.userId, id: life.factorId }))
    await signInAgain(life)
    const kept = `/api/conversations/${life.conversation}`
    await until(async () => (await api(life, 'GET', kept)).status === 200)
  },

  'a ban, and its end': async (life) => {
    good(await life.admin.updateUserById(life.userId, { ban_duration: '24h' }))
    await until(async () => (await api(life, 'GET', '/api/profile')).status === 401)
    const banned = await elsewhere(life).signInWithPassword({ email: life.email, password: life.password })
    same(banned.error?.code, 'user_banned')
    good(await life.admin.updateUserById(life.userId, { ban_duration: 'none' }))
    await until(async () => (await api(life, 'GET', '/api/profile')).status === 200)
  },

  'an export of everything': async (life) => {
    const { status, body } = await api(life, 'GET', '/api/export')
    same(status, 200)
    same(JSON.stringify(body).includes('hello from a whole life'), true)
  },

  'a sign-out everywhere': async (life) => {
    const other = elsewhere(life)
    const { data } = good(await other.signInWithPassword({ email: life.email, password: life.password }))
    good(await life.auth.signOut({ scope: 'global' }))
    await until(async () => (await apiAs(life, data.session, 'GET', '/api/profile')).status === 401)
    same((await other.refreshSession()).error?.code, 'refresh_token_not_found')
  },

  'deletion, after which nobody knows them': async (life) => {
    const { email, password, userId } = life
    good(await life.auth.signInWithPassword({ email, password }))
    const { session } = (await life.auth.getSession()).data
    same((await api(life, 'DELETE', '/api/account', { confirm: DELETION_PHRASE })).status, 204)
    await until(async () => (await apiAs(life, session, 'GET', '/api/profile')).status === 401)
    same((await life.auth.signInWithPassword({ email, password })).error?.code, 'invalid_credentials')
    same((await life.admin.getUserById(userId)).error?.code, 'user_not_found')
  },
}

async function signInAgain(life: Life): Promise<void> {
  await life.auth.signOut({ scope: 'local' })
  good(await life.auth.signInWithPassword({ email: life.email, password: life.password }))
}

async function prove(life: Life): Promise<void> {
  good(await life.auth.mfa.challengeAndVerify({ factorId: life.factorId, code: life.nextCode() }))
}

/** The same person at another device. */
function elsewhere({ place }: Life): SupabaseClient['auth'] {
  return createLife(place).auth
}

interface ApiAnswer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: what came over the wire, of which each step looks at a field or two
  body: any
}

async function api(life: Life, method: string, path: string, body?: unknown): Promise<ApiAnswer> {
  return apiAs(life, (await life.auth.getSession()).data.session, method, path, body)
}

async function apiAs(
  { place }: Life,
  session: Session | null,
  method: string,
  path: string,
  body?: unknown,
): Promise<ApiAnswer> {
  const answer = await fetch(place.apiUrl + path, {
    method,
    headers: {
      authorization: `Bearer ${session?.access_token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text }
}

/** Opens a mailed link as a browser does; the tokens it arrives with, where there are any. */
async function follow(link: string): Promise<{ access_token: string; refresh_token: string }> {
  const answer = await fetch(link, { redirect: 'manual' })
  same(answer.status, 303)
  const fragment = new URLSearchParams(new URL(answer.headers.get('location') ?? '').hash.slice(1))
  same(fragment.get('error_code'), null)
  return {
    access_token: fragment.get('access_token') ?? '',
    refresh_token: fragment.get('refresh_token') ?? '',
  }
}

function good<T extends { error: unknown }>(result: T): T & { error: null } {
  if (result.error) throw result.error
  return result as T & { error: null }
}

function same(found: unknown, expected: unknown): void {
  if (!Object.is(found, expected)) throw new Error(`expected ${String(expected)}, found ${String(found)}`)
}

/** Waits as long as a loss may take to be one. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5_000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('it was not so within five seconds')
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

function memory() {
  const items = new Map<string, string>()
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  }
}
