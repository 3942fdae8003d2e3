/**
 * What became of a request that Discord did not answer well:
 * - `later`: it was not taken, and may be tried again after `retryMs`
 * - `lost`: nobody knows whether it was taken
 * - `refused`: what was sent is not acceptable, and never will be
 * - `dead`: the webhook, channel or token is gone or has no right; do not ask again
 */
export type FailureKind = 'later' | 'lost' | 'refused' | 'dead'

/** A failed request to Discord. Holds no address, no token and nothing of what was sent. */
export class DiscordFailure extends Error {
  override readonly name = 'DiscordFailure'
  readonly kind: FailureKind
  readonly status: number | undefined
  /** Discord's own number for it. */
  readonly code: number | undefined
  readonly retryMs: number

  constructor(
    kind: FailureKind,
    message: string,
    {
      status,
      code,
      retryMs = 0,
    }: { status?: number | undefined; code?: number | undefined; retryMs?: number } = {},
  ) {
    super(message)
    this.kind = kind
    this.status = status
    this.code = code
    this.retryMs = retryMs
  }
}

/** Numbers of Discord's that no second try changes. */
const GONE = new Set([10003, 10015, 50001, 50013, 50027])

const SHUT_OUT_MS = 600_000

/** What an answer other than success means. */
export function answerFailure(status: number, body: unknown, retryMs: number): DiscordFailure {
  const { code } = (body ?? {}) as { code?: unknown }
  const facts = { status, code: typeof code === 'number' ? code : undefined }
  const said = facts.code ? `${status}, code ${facts.code}` : String(status)
  if (status === 429)
    return new DiscordFailure('later', `Discord asks to wait (${said})`, { ...facts, retryMs })
  if (status >= 500) return new DiscordFailure('lost', `Discord failed (${said})`, facts)
  // A refusal that Discord does not number comes from what stands before it, which shuts addresses out for a while.
  if (status === 403 && !facts.code)
    return new DiscordFailure('later', `Discord keeps this address out (${said})`, {
      ...facts,
      retryMs: SHUT_OUT_MS,
    })
  const gone = [401, 403, 404].includes(status) || GONE.has(facts.code ?? 0)
  if (gone) return new DiscordFailure('dead', `Discord knows this webhook no more (${said})`, facts)
  return new DiscordFailure('refused', `Discord refuses what was sent (${said})`, facts)
}

/** Codes of connections that never came to be: nothing can have arrived. */
const NOT_REACHED = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH'],
  'UND_ERR_CONNECT_TIMEOUT',
])

/** What a request without an answer means. The error itself names addresses, so only its code is kept. */
export function connectionFailure(thrown: unknown): DiscordFailure {
  const { code } = (thrown ?? {}) as { code?: unknown }
  const name = typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code) ? code : 'no answer'
  return NOT_REACHED.has(name)
    ? new DiscordFailure('later', `Discord cannot be reached (${name})`)
    : new DiscordFailure('lost', `The connection to Discord was lost (${name})`)
}
