import { setTimeout as sleep } from 'node:timers/promises'
import { redact } from './audit/redact.ts'
import type { Secret } from './config/secret.ts'
import { HelixError } from './errors.ts'
import { safeText } from './ui/safe-text.ts'

interface ApiRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  json?: unknown
  body?: Buffer
  headers?: Readonly<Record<string, string>>
  /** Whether it may be sent again when nobody knows what became of it; true for all but POST unless told. */
  again?: boolean
  /** Statuses that are an answer besides those from 200 to 299. */
  also?: readonly number[]
}

interface ApiAnswer {
  status: number
  /** The JSON it answered; undefined for none. */
  json: unknown
}

/** The API of a host, as whom the token says. */
export interface HostApi {
  /** Ends with the lock of the deploy. */
  readonly signal: AbortSignal
  /**
   * Asks, and asks again where the host is busy or away.
   * @throws HelixError `unauthorized` for a token that is refused, `rate_limited`, `host_unreachable`, `host_failed`
   */
  call(path: string, request?: ApiRequest): Promise<ApiAnswer>
}

interface ApiDeps {
  /** As a person knows it: `Vercel`. */
  name: string
  url: string
  token: Secret
  signal: AbortSignal
  /** For tests, which do not wait as long. */
  pauseMs?: number
}

const TIMEOUT_MS = 60_000
const MOST_TRIES = 5
const PAUSE_MS = 500
/** Longer than this nobody waits to be let in again. */
const LONGEST_WAIT_MS = 90_000
const AGES_S = 1_000_000_000

export function hostApi({ name, url, token, signal, pauseMs = PAUSE_MS }: ApiDeps): HostApi {
  async function once(path: string, { method = 'GET', json, body, headers }: ApiRequest): Promise<Response> {
    const content = json === undefined ? body && new Uint8Array(body) : JSON.stringify(json)
    return fetch(`${url}${path}`, {
      method,
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      headers: {
        authorization: `Bearer ${token.reveal()}`,
        'user-agent': 'helix',
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(content !== undefined && { body: content }),
    })
  }
  return {
    signal,
    async call(path, request = {}) {
      const { method = 'GET', again = method !== 'POST', also = [] } = request
      for (let tries = 1; ; tries += 1) {
        signal.throwIfAborted()
        const last = tries >= MOST_TRIES
        const response = await once(path, request).catch((cause: unknown) => {
          signal.throwIfAborted()
          if (!again || last) throw unreachable(name, url, cause)
          return undefined
        })
        const busy = response?.status === 429
        const wait = busy ? busyFor(response.headers) : undefined
        const retry = !response || busy || (again && response.status >= 500)
        const pause = wait ?? pauseMs * 2 ** (tries - 1)
        if (retry && !last && pause <= LONGEST_WAIT_MS) {
          await response?.body?.cancel()
          await sleep(pause, undefined, { signal })
          continue
        }
        if (!response) throw unreachable(name, url, undefined)
        const answer = { status: response.status, json: jsonOf(await response.text()) }
        if (response.ok || also.includes(response.status)) return answer
        throw refused(name, `${method} ${path.replace(/\?.*$/, '')}`, answer, pause)
      }
    },
  }
}

/** How long a host says it wants to be left alone, in ms; undefined where it does not say. */
function busyFor(headers: Headers): number | undefined {
  const after = headers.get('retry-after')
  if (after !== null) {
    const ms = /^\d+(\.\d+)?$/.test(after) ? Number(after) * 1_000 : Date.parse(after) - Date.now()
    if (!Number.isNaN(ms)) return Math.max(0, ms)
  }
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN)
  if (!(reset > 0)) return undefined
  // Some hosts say when, in seconds since 1970, and some in how many.
  return reset < AGES_S ? reset * 1_000 : Math.max(0, reset * 1_000 - Date.now())
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function unreachable(name: string, url: string, cause: unknown): HelixError {
  return new HelixError('host_unreachable', `${name} cannot be reached at ${url}`, { cause })
}

function refused(name: string, what: string, { status, json }: ApiAnswer, waitMs: number): HelixError {
  const said = saidIn(json)
  const details = { status, what }
  if (status === 401 || status === 403)
    return new HelixError('unauthorized', `${name} refuses the token, or what it may not do (${what})`, {
      hint: `${said}Make a token that may, and put it into the env file.`,
      details,
    })
  if (status === 429)
    return new HelixError('rate_limited', `${name} takes no more for now (${what})`, {
      hint: `${said}Try again in ${Math.ceil(waitMs / 1_000)} s; a deploy goes on with --resume.`,
      details,
    })
  return new HelixError('host_failed', `${name} answered ${status} to ${what}`, {
    ...(said && { hint: said.trim() }),
    details,
  })
}

function saidIn(json: unknown): string {
  const { error, message } = (json ?? {}) as { error?: { message?: unknown } | string; message?: unknown }
  const said = typeof error === 'object' ? error?.message : message
  return typeof said === 'string' ? `It said: ${safeText(redact(said.slice(0, 500)))}. ` : ''
}
