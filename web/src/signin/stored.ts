import type { Session as Stored } from '@supabase/auth-js'

export type { Stored }

/** Somebody who is signed in. */
export interface Who {
  userId: string
  email: string
  /** Whether they never gave an address. */
  anonymous: boolean
}

/** Where this device keeps who is signed in; the library reads and writes it, too. */
export const STORAGE_KEY = 'helix.session'

/** What the device keeps, whether or not its token is still fresh; null where that is nothing. */
export function readStored(text: string | null): Stored | null {
  if (text === null) return null
  try {
    const stored = JSON.parse(text) as Partial<Stored> | null
    return stored?.access_token && stored.user ? (stored as Stored) : null
  } catch {
    return null
  }
}

/** The verified factor of a session that has not proved it yet. */
export function owedFactor({ user, access_token }: Stored): string | undefined {
  const verified = user.factors?.find(
    ({ factor_type, status }) => factor_type === 'totp' && status === 'verified',
  )
  return verified && claimsOf(access_token).aal !== 'aal2' ? verified.id : undefined
}

export function whoOf({ user }: Stored): Who {
  return { userId: user.id, email: user.email ?? '', anonymous: user.is_anonymous ?? false }
}

/** What a token says, unverified: for showing, never for deciding. */
export function claimsOf(token: string): { aal?: unknown; sub?: unknown; email?: unknown } {
  const payload = token.split('.')[1] ?? ''
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (c) =>
      c.charCodeAt(0),
    )
    return JSON.parse(new TextDecoder().decode(bytes)) as ReturnType<typeof claimsOf>
  } catch {
    return {}
  }
}
