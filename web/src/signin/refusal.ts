/** Why signing in was refused: GoTrue's code, or `network` where nobody answered. */
export class SignInRefusal extends Error {
  override readonly name = 'SignInRefusal'
  readonly code: string
  /** What a refused password lacks: `length`, `characters`, `pwned`. */
  readonly reasons: readonly string[]
  /** How many seconds to wait before the next try, where sign-in said it. */
  readonly waitSeconds: number | undefined

  constructor(code: string, message: string, { reasons = [], waitSeconds, cause }: Details = {}) {
    super(message, { cause })
    this.code = code
    this.reasons = reasons
    this.waitSeconds = waitSeconds
  }
}

interface Details {
  reasons?: readonly string[] | undefined
  waitSeconds?: number | undefined
  cause?: unknown
}

interface Thrown {
  name?: string
  code?: string
  message?: string
  reasons?: readonly string[]
}

/** What the sign-in library threw or answered, as the one failure the page knows. */
export function refusal(error: unknown): SignInRefusal {
  if (error instanceof SignInRefusal) return error
  const { name = '', code = CODES[name] ?? 'unknown', message = '', reasons } = error as Thrown
  const unanswered = name === 'AuthRetryableFetchError' || error instanceof TypeError
  // GoTrue says it in words only: "For security purposes, you can only request this after 52 seconds."
  const [, seconds] = /after (\d+) second/.exec(message) ?? []
  const waitSeconds = seconds === undefined ? undefined : Number(seconds)
  return new SignInRefusal(unanswered ? 'network' : code, message, { reasons, waitSeconds, cause: error })
}

/** Failures the library finds itself and gives no code. */
const CODES: Readonly<Record<string, string>> = {
  AuthSessionMissingError: 'session_not_found',
}

/** The part of an answer of the sign-in library that counts when nothing went wrong. @throws SignInRefusal */
export function accepted<T extends { data: unknown; error: unknown }>(answer: T): NonNullable<T['data']> {
  if (answer.error) throw refusal(answer.error)
  return answer.data as NonNullable<T['data']>
}
