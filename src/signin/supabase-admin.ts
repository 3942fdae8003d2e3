import { setTimeout as sleep } from 'node:timers/promises'
import type { Secret } from '../config/secret.ts'
import { HelixError } from '../errors.ts'

const PATIENCE_MS = 30_000
const MOST_TRIES = 3
const PAUSE_MS = 100

/** What Helix asks of a Supabase project with its service-role key. */
export interface SupabaseAdmin {
  /** @throws HelixError `signin_unavailable` where nothing can be asked, for want of a key */
  assertKey(): void
  /** Deletes an account for good; one that is gone already is no failure. @throws HelixError `signin_unavailable` */
  deleteUser(userId: string): Promise<void>
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

  return {
    assertKey: () => void key(),
    async deleteUser(userId) {
      let status = await ask(userId)
      // A deadlock with what the person was doing is undone at the project, and answered like this.
      for (let tried = 1; status === 500 && tried < MOST_TRIES; tried += 1) {
        await sleep(PAUSE_MS * tried)
        status = await ask(userId)
      }
      if (status !== 404 && (status < 200 || status > 299)) throw unavailable(`answered ${status}`)
    },
  }

  /** Resolves to the status of the answer. */
  async function ask(userId: string): Promise<number> {
    const response = await fetch(`${url.replace(/\/+$/, '')}/auth/v1/admin/users/${userId}`, {
      method: 'DELETE',
      headers: { apikey: key(), authorization: `Bearer ${key()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ should_soft_delete: false }),
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch((cause: unknown) => {
      throw unavailable('does not answer', cause)
    })
    await response.body?.cancel()
    return response.status
  }
}

function noKey(): HelixError {
  return new HelixError('signin_unavailable', 'Accounts cannot be deleted here: no service-role key is set', {
    hint: 'Whoever runs this Helix can set SUPABASE_SERVICE_ROLE (Project Settings → API).',
  })
}

function unavailable(what: string, cause?: unknown): HelixError {
  return new HelixError('signin_unavailable', `The administration of the Supabase project ${what}`, {
    hint: 'Check SUPABASE_URL, SUPABASE_SERVICE_ROLE and the status of the project, then ask again.',
    cause,
  })
}
