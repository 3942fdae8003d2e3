/**
 * The same fetch, but that a refusal also says in its message when to come back, where only a header did: the sign-in
 * library hands on nothing else of an answer.
 */
export function withRetryWords(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async function fetchWithRetryWords(input, init) {
    const response = await fetch(input, init)
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
    if (response.status !== 429 || !Number.isFinite(seconds)) return response
    const body: unknown = await response.json().catch(() => ({}))
    const { msg = '', ...rest } = body as { msg?: string }
    const said = / after \d+ second/.test(msg) ? msg : `${msg}: only after ${seconds} seconds`
    return Response.json({ ...rest, msg: said }, { status: 429, headers: response.headers })
  }
}
