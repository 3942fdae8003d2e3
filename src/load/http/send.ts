import { Agent, type Dispatcher } from 'undici'

type Headers = Record<string, string | string[] | undefined>

/** One request, as it goes out. */
export interface Sent {
  origin: string
  path: string
  method: Dispatcher.HttpMethod
  headers: Record<string, string>
  body?: string | undefined
}

export interface Answer {
  status: number
  headers: Headers
  /** Empty unless it was asked for. */
  text: string
}

export interface SendOptions {
  /** Whether the body is kept; it is read to its end in any case. */
  keep?: boolean
  /** Told of each piece of the body as it comes. */
  onStart?: (status: number, headers: Headers) => void
  onData?: (piece: Buffer) => void
  signal?: AbortSignal
}

export interface Sender {
  /** Resolves once the last byte is there. @throws Error with a `code`, when there is no whole answer */
  send(request: Sent, options?: SendOptions): Promise<Answer>
  close(): Promise<void>
}

interface SenderOptions {
  /** Connections to one server; without it as many as requests are open. */
  pool?: number | undefined
  timeoutMs: number
  /** Whether a certificate must be good. */
  trust?: boolean | undefined
}

/** The longest end of a body that is kept, in bytes. */
const MOST_KEPT = 1024 * 1024

/** Sends with as little as can be between the schedule and the wire: no redirects, no cookies, no retries. */
export function createSender({ pool, timeoutMs, trust = true }: SenderOptions): Sender {
  const agent = new Agent({
    connections: pool ?? null,
    pipelining: 1,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: timeoutMs, rejectUnauthorized: trust },
    maxHeaderSize: 64 * 1024,
  })
  return {
    send: (request, options) =>
      new Promise((resolve, reject) => {
        const { origin, path, method, headers, body = null } = request
        agent.dispatch({ origin, path, method, headers, body }, reading(options ?? {}, resolve, reject))
      }),
    close: () => agent.destroy(),
  }
}

function reading(
  { keep, onStart, onData, signal }: SendOptions,
  resolve: (answer: Answer) => void,
  reject: (error: Error) => void,
): Dispatcher.DispatchHandler {
  let status = 0
  let headers: Headers = {}
  let size = 0
  const kept: Buffer[] = []
  let abort: (() => void) | undefined
  const done = () => abort && signal?.removeEventListener('abort', abort)
  return {
    onRequestStart(controller) {
      if (!signal) return
      abort = () => controller.abort(signal.reason)
      if (signal.aborted) abort()
      else signal.addEventListener('abort', abort, { once: true })
    },
    onResponseStart(_controller, code, received) {
      if (code < 200) return
      status = code
      headers = received as Headers
      onStart?.(code, headers)
    },
    onResponseData(_controller, piece) {
      onData?.(piece)
      if (!keep || size > MOST_KEPT) return
      size += piece.length
      kept.push(piece)
    },
    onResponseEnd() {
      done()
      resolve({ status, headers, text: keep ? Buffer.concat(kept).toString() : '' })
    },
    onResponseError(_controller, error) {
      done()
      reject(error)
    },
  }
}

/** A short stable name of why there was no answer: `ECONNREFUSED`, `UND_ERR_HEADERS_TIMEOUT`. */
export function failureName(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'failed'
  const { code, errors } = thrown as Error & { code?: unknown; errors?: unknown[] }
  if (typeof code === 'string') return code
  if (errors?.[0]) return failureName(errors[0])
  return thrown.cause ? failureName(thrown.cause) : thrown.name
}
