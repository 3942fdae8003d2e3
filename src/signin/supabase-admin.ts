import { setTimeout as sleep } from 'node:timers/promises'
import type { Secret } from '../config/secret.ts'
import { HelixError } from '../errors.ts'

const PATIENCE_MS = 30_000
const MOST_TRIES = 3
const PAUSE_MS = 100

/** What Helix asks of a Supabase project with its service-role key. */
export interface SupabaseAdmin {
  /** Whether anything can be asked. */
  readonly hasKey: boolean
  /** @throws HelixError `signin_unavailable` where nothing can be asked, for want of a key */
  assertKey(): void
  /** Deletes an account for good; one that is gone already is no failure. @throws HelixError `signin_unavailable` */
  deleteUser(userId: string): Promise<void>
  /** Closes an account's sign-in for so many ms, or opens it again. @throws HelixError `not_found`, `signin_unavailable` */
  setBan(userId: string, ms: number | null): Promise<void>
  /**
   * Has the project mail somebody an invitation; resolves to their user id.
   * @throws HelixError `account_exists`, `rate_limited`, `request_invalid`, `signin_unavailable`
   */
  invite(email: string): Promise<string>
  /** Makes an account without a password, its address taken as confirmed; resolves to its id. @throws HelixError `signin_unavailable` */
  createUser(email: string): Promise<string>
}

interface SupabaseAdminOptions {
  /** The project's address, as `SUPABASE_URL` gives it. */
  url: string
  /** Undefined where none is configured: then nothing can be asked. */
  serviceRole: Secret | undefined
  fetch: typeof fetch
}

/** Speaks with the administration of the project's sign-in. */
export function createSupabaseAdmin({ url, serviceRole, fetch }: SupabaseAdminOptions): SupabaseAdmin {
  function key(): string {
    if (serviceRole) return serviceRole.reveal()
    throw noKey()
  }

  async function ask(method: 'DELETE' | 'PUT' | 'POST', path: string, body: object): Promise<Response> {
    return fetch(`${url.replace(/\/+$/, '')}/auth/v1/${path}`, {
      method,
      headers: { apikey: key(), authorization: `Bearer ${key()}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch((cause: unknown) => {
      throw unavailable('does not answer', cause)
    })
  }

  /** Resolves to the status of the answer; what it says is nothing to us. */
  async function statusOf(...asked: Parameters<typeof ask>): Promise<number> {
    const response = await ask(...asked)
    await response.body?.cancel()
    return response.status
  }

  return {
    hasKey: serviceRole !== undefined,
    assertKey: () => void key(),

    async deleteUser(userId) {
      const attempt = () => statusOf('DELETE', `admin/users/${userId}`, { should_soft_delete: false })
      let status = await attempt()
      // A deadlock with what the person was doing is undone at the project, and answered like this.
      for (let tried = 1; status === 500 && tried < MOST_TRIES; tried += 1) {
        await sleep(PAUSE_MS * tried)
        status = await attempt()
      }
      if (status !== 404 && !isGood(status)) throw unavailable(`answered ${status}`)
    },

    async setBan(userId, ms) {
      const ban_duration = ms === null ? 'none' : `${Math.ceil(ms / 1000)}s`
      const status = await statusOf('PUT', `admin/users/${userId}`, { ban_duration })
      if (status === 404) throw new HelixError('not_found', `The project knows nobody with the id ${userId}`)
      if (!isGood(status)) throw unavailable(`answered ${status}`)
    },

    async createUser(email) {
      const response = await ask('POST', 'admin/users', { email, email_confirm: true })
      const answer = (await response.json().catch(() => ({}))) as { id?: unknown }
      if (isGood(response.status) && typeof answer.id === 'string') return answer.id
      throw unavailable(`answered ${response.status}`)
    },

    async invite(email) {
      const response = await ask('POST', 'invite', { email })
      const answer = (await response.json().catch(() => ({}))) as { id?: unknown; error_code?: unknown }
      if (isGood(response.status) && typeof answer.id === 'string') return answer.id
      throw notInvited(response.status, answer.error_code)
    },
  }
}

function isGood(status: number): boolean {
  return status >= 200 && status <= 299
}

function notInvited(status: number, code: unknown): HelixError {
  if (code === 'email_exists' || code === 'user_already_exists') {
    return new HelixError('account_exists', 'Somebody with this address has an account already', {
      hint: 'They can sign in, or ask for a new password.',
    })
  }
  if (status === 429) {
    return new HelixError('rate_limited', 'The Supabase project sends no more mails for now', {
      hint: 'Its own mail server sends a few an hour; set SMTP in its dashboard (Authentication → Emails).',
    })
  }
  if (status === 400 || status === 422) {
    return new HelixError('request_invalid', 'The Supabase project does not take this address', {
      hint: 'Give another address.',
    })
  }
  return unavailable(`answered ${status}`)
}

function noKey(): HelixError {
  return new HelixError(
    'signin_unavailable',
    'Accounts cannot be administered here: no service-role key is set',
    {
      hint: 'Whoever runs this Helix can set SUPABASE_SERVICE_ROLE (Project Settings → API).',
    },
  )
}

function unavailable(what: string, cause?: unknown): HelixError {
  return new HelixError('signin_unavailable', `The administration of the Supabase project ${what}`, {
    hint: 'Check SUPABASE_URL, SUPABASE_SERVICE_ROLE and the status of the project, then ask again.',
    cause,
  })
}
