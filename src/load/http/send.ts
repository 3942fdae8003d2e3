import { buildConnector, Client, type Dispatcher } from 'undici'
import { createAborting } from './aborting.ts'
import type { OpenClient } from './connection.ts'
import { createConnections } from './connections.ts'
import { type Connector, connectDirectly } from './direct-socket.ts'

export type Headers = Record<string, string | string[] | undefined>

/** One request, as it goes out. */
export interface Sent {
  origin: string
  path: string
  method: Dispatcher.HttpMethod
  headers: Record<string, string>
  body?: string | null
  /** How long the answer may be silent before and after its headers, in ms, where not as long as others; 0 is without end. */
  headersTimeout?: number
  bodyTimeout?: number
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
  /** Told once there is a connection that it goes out on. */
  onSent?: () => void
  /** Told of each piece of the body as it comes. */
  onStart?: (status: number, headers: Headers) => void
  onData?: (piece: Buffer) => void
  /** Whether what has come is a whole answer, by whatever it ends. */
  isWhole?: () => boolean
  signal?: AbortSignal
}

/** Told one of the two, and never before the call that sends has returned. */
export interface Receiver {
  /** Once the last byte is there, or what has come is whole without it. */
  answered(answer: Answer): void
  /** An Error with a `code`, where there is no whole answer. */
  failed(thrown: unknown): void
}

export interface Sender {
  send(request: Sent, options: SendOptions, receiver: Receiver): void
  close(): Promise<void>
}

interface SenderOptions {
  /** Connections to one server; without it as many as requests are open. */
  pool?: number | undefined
  timeoutMs: number
  /** Whether a certificate must be good. */
  trust?: boolean | undefined
}

/** Sends with as little as can be between the schedule and the wire: no redirects, no cookies, no retries. */
export function createSender({ pool, timeoutMs, trust = true }: SenderOptions): Sender {
  // Gives back the socket that it makes, which its type leaves out.
  const encrypted = buildConnector({ timeout: timeoutMs, rejectUnauthorized: trust }) as Connector
  const options = {
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: 64 * 1024,
    // One at a time all the same: told so, undici would have a connection rest after each answer.
    pipelining: 2,
  }
  const connect = connectDirectly(encrypted, timeoutMs)
  const open: OpenClient = (origin, connecting) =>
    new Client(origin, { ...options, connect: (given, done) => connecting(connect(given, done)) })
  const connections = createConnections(open, createAborting(), pool)
  return {
    send: (sent, options, receiver) => connections.send({ sent, options, receiver }),
    close: connections.close,
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
