import { type ReadonlySignal, signal } from '@preact/signals'
import type { GoTrueClient } from '@supabase/auth-js'
import type { Brought } from './brought.ts'
import { accepted, refusal, SignInRefusal } from './refusal.ts'
import { claimsOf, type Who } from './stored.ts'

/**
 * What comes of the link somebody arrived by. `asking`: the link would sign in another account than the one this
 * browser has; whoever was lured into a stranger's account would write to it unawares, so that takes a yes.
 */
type LandingState =
  | 'none'
  | 'under-way'
  | 'done'
  | 'agreed'
  | { asking: { instead: string; email: string | undefined } }
  | { refused: SignInRefusal }

export interface Landing {
  readonly state: ReadonlySignal<LandingState>
  /** Spends what the link brought. */
  go(): Promise<void>
}

/** Makes the landing of one page, and begins it where nothing has to be asked. */
export function createLanding(
  auth: GoTrueClient,
  brought: Brought | undefined,
  now: Who | undefined,
): Landing {
  const state = signal<LandingState>(begin(brought, now))

  async function go(): Promise<void> {
    if (!brought) return
    state.value = 'under-way'
    try {
      await spend(auth, brought)
      state.value = 'done'
    } catch (error) {
      state.value = { refused: refusal(error) }
    }
  }

  if (state.value === 'under-way') void go()
  return { state, go }
}

function begin(brought: Brought | undefined, now: Who | undefined): LandingState {
  if (!brought) return 'none'
  if (brought.kind === 'agreed') return 'agreed'
  if (brought.kind === 'refused') return { refused: new SignInRefusal(brought.code, '') }
  // Only the browser that asked for the mail can trade its code.
  if (!now || brought.kind === 'code') return 'under-way'
  const claims = brought.kind === 'session' ? claimsOf(brought.accessToken) : {}
  if (claims.sub === now.userId) return 'under-way'
  const email = typeof claims.email === 'string' ? claims.email : undefined
  return { asking: { instead: now.email, email } }
}

async function spend(auth: GoTrueClient, brought: Brought): Promise<void> {
  if (brought.kind === 'code') {
    const flow = brought.flowId === null ? undefined : { flowId: brought.flowId }
    accepted(await auth.exchangeCodeForSession(brought.code, flow))
  } else if (brought.kind === 'token') {
    accepted(await auth.verifyOtp({ token_hash: brought.hash, type: brought.as }))
  } else if (brought.kind === 'session') {
    const { accessToken, refreshToken } = brought
    accepted(await auth.setSession({ access_token: accessToken, refresh_token: refreshToken }))
  }
}
