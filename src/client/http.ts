import { responseError, unreachable } from './failure.ts'
import { type HeldBack, heldBack } from './held-back.ts'

/**
 * Gives the access token to send, or undefined to send none. Called with the token the gateway has just refused
 * when there was one, so that a fresh one can be had.
 */
export type TokenSource = (refused?: string) => Promise<string | undefined>

/** How to reach a gateway. */
export interface Connection {
  /** Origin of the gateway, without a path: `http://127.0.0.1:3000`. */
  url: string
  fetch: typeof globalThis.fetch
  token?: TokenSource
  /**
   * Where maintenance is waited out instead of failing: called with what the gateway says each time it holds a request
   * back, resolves when to send it again, rejects to give up.
   */
  outlast?: Outlast
}

/** How maintenance is waited out; `signal` is that of the request. */
export type Outlast = (held: HeldBack, signal: AbortSignal | undefined) => Promise<void>

/** One request; `body` is sent as JSON. */
interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal | undefined
  /** A status that is an answer here although it is not 2xx. */
  alsoOk?: number
}

/** Sends requests to one gateway and turns every failure into a HelixError. */
export interface Http {
  readonly url: string
  /** Resolves to a response that is `ok`. @throws HelixError of the code the gateway named, or `gateway_unreachable`. */
  open(path: string, call?: Call): Promise<Response>
  /** Resolves to the parsed body of a response that is `ok`. @throws as `open` does. */
  json<T>(path: string, call?: Call): Promise<T>
}

/** Makes the sender of one connection. */
export function createHttp({ url, fetch, token, outlast }: Connection): Http {
  const origin = url.replace(/\/+$/, '')

  async function attempt(path: string, call: Call, bearer: string | undefined): Promise<Response> {
    try {
      return await fetch(origin + path, {
        method: call.method ?? 'GET',
        headers: {
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
          ...call.headers,
        },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        ...(call.signal ? { signal: call.signal } : {}),
      })
    } catch (cause) {
      call.signal?.throwIfAborted()
      throw unreachable(origin, cause)
    }
  }

  async function open(path: string, call: Call = {}): Promise<Response> {
    if (!outlast) return openOnce(path, call)
    for (;;) {
      try {
        return await openOnce(path, call)
      } catch (error) {
        const held = heldBack(error)
        if (!held) throw error
        await outlast(held, call.signal)
      }
    }
  }

  async function openOnce(path: string, call: Call): Promise<Response> {
    const bearer = await token?.()
    const response = await attempt(path, call, bearer)
    if (response.ok || response.status === call.alsoOk) return response
    if (response.status !== 401 || bearer === undefined) throw await responseError(response)
    const fresh = await token?.(bearer)
    if (fresh === undefined || fresh === bearer) throw await responseError(response)
    await response.body?.cancel()
    const second = await attempt(path, call, fresh)
    if (second.ok) return second
    throw await responseError(second)
  }

  return {
    url: origin,
    open,
    async json<T>(path: string, call: Call = {}): Promise<T> {
      const response = await open(path, { ...call, headers: { accept: 'application/json', ...call.headers } })
      return (await readJson(response, origin, call.signal)) as T
    },
  }
}

async function readJson(
  response: Response,
  origin: string,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  try {
    const text = await response.text()
    return text === '' ? undefined : JSON.parse(text)
  } catch (cause) {
    signal?.throwIfAborted()
    throw unreachable(origin, cause)
  }
}
