import type { Readable } from 'node:stream'
import { Agent, request } from 'undici'

/** An error body is read no further than this. */
const MAX_ERROR_CHARACTERS = 64 * 1024
/** How long an unused connection stays open: the next turn of a conversation saves a TLS handshake. */
const KEEP_ALIVE_MS = 30_000

/**
 * A `fetch` for the SDK over undici's plain request: its own fetch spends most of a short call in web streams.
 * Connections are kept and as many as needed; only connecting has a timeout, the caller watches the rest.
 * Redirects are not followed.
 */
export function createFetch({ connectMs }: { connectMs: number }): typeof fetch {
  const dispatcher = new Agent({
    connect: { timeout: connectMs },
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
  })
  return async function fetch(url, { method = 'GET', headers, body, signal } = {}) {
    const response = await request(String(url), {
      method: method as 'GET' | 'POST',
      headers: new Headers(headers),
      body: typeof body === 'string' ? body : null,
      signal: signal ?? null,
      dispatcher,
    })
    return leanResponse(String(url), response) as unknown as Response
  }
}

interface UndiciResponse {
  statusCode: number
  headers: Record<string, string | string[] | undefined>
  body: Readable
}

/** As much of a `Response` as the SDK touches; its body is a Node stream. */
function leanResponse(url: string, { statusCode, headers, body }: UndiciResponse) {
  return {
    url,
    status: statusCode,
    ok: statusCode >= 200 && statusCode < 300,
    headers: new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    body,
    text: () => readText(body),
  }
}

async function readText(body: Readable): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > MAX_ERROR_CHARACTERS) break
  }
  return text
}
