/** Why signing in was refused: GoTrue's code, or `network` where nobody answered. */
export class SignInRefusal extends Error {
  override readonly name = 'SignInRefusal'
  readonly code: string
  /** What a refused password lacks: `length`, `characters`, `pwned`. */
  readonly reasons: readonly string[]

  constructor(code: string, message: string, reasons: readonly string[] = [], cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.reasons = reasons
  }
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
  const { name, code, message, reasons } = error as Thrown
  const unanswered = name === 'AuthRetryableFetchError' || error instanceof TypeError
  return new SignInRefusal(unanswered ? 'network' : (code ?? 'unknown'), message ?? '', reasons ?? [], error)
}

/** The part of an answer of the sign-in library that counts when nothing went wrong. @throws SignInRefusal */
export function accepted<T extends { data: unknown; error: unknown }>(answer: T): NonNullable<T['data']> {
  if (answer.error) throw refusal(answer.error)
  return answer.data as NonNullable<T['data']>
}
