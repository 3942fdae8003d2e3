import type { ServerResponse } from 'node:http'
import type { Context, MiddlewareHandler } from 'hono'
import { type FailureCode, HelixError } from '../../src/errors.ts'
import type { GatewayEnv } from '../env.ts'
import { routeOf } from '../route-of.ts'

/** What one request came to. Holds nothing of what it said: no path, no query, no header, no body. */
export interface Observed {
  method: string
  /** The pattern of the route, `/api/conversations/:key`; `unmatched` where no route was. */
  route: string
  status: number
  /** Why it was refused, as the table of failures has it; null where it was not, or nobody foresaw it. */
  code: FailureCode | null
  requestId: string
  /** The caller's pseudonym, where one was let in. */
  actor: string | null
  /** From the arrival of the request to the end of the answer, in ms. */
  durationMs: number
  /** The same to the first byte of a stream's body; null for what is no stream, or had none. */
  firstByteMs: number | null
  /** Whether the answer is a stream. */
  stream: boolean
  /** Bytes sent for it, head included; null where no connection tells. */
  bytes: number | null
  /** `cut` when the connection went before the answer was whole. */
  ended: 'whole' | 'cut'
}

/** Told of every request, and of streams also when they begin. */
export interface RequestWatcher {
  streamBegan?(route: string): void
  ended(request: Observed): void
}

/** Tells the watchers what comes of each request once its answer has left, streams included. */
export function observe(watchers: readonly RequestWatcher[]): MiddlewareHandler<GatewayEnv> {
  return async function observe(c, next) {
    const { incoming, outgoing } = c.env ?? {}
    const sentBefore = incoming?.socket.bytesWritten ?? 0
    await next()
    const facts = factsOf(c)
    const end = (ended: Observed['ended'], firstByteAt: number | null, bytes: number | null) => {
      const since = (at: number) => at - c.get('receivedAt')
      const durationMs = since(performance.now())
      const firstByteMs = firstByteAt === null ? null : since(firstByteAt)
      for (const watcher of watchers) watcher.ended({ ...facts, durationMs, firstByteMs, bytes, ended })
    }
    if (facts.stream) for (const watcher of watchers) watcher.streamBegan?.(facts.route)
    if (!incoming || !isServerResponse(outgoing)) return end('whole', null, null)
    if (outgoing.destroyed) return end('cut', null, incoming.socket.bytesWritten - sentBefore)
    const firstByteAt = facts.stream ? firstWrite(outgoing) : () => null
    const { socket } = incoming
    outgoing.once('close', () =>
      end(outgoing.writableFinished ? 'whole' : 'cut', firstByteAt(), socket.bytesWritten - sentBefore),
    )
  }
}

function factsOf(c: Context<GatewayEnv>) {
  const { status, headers } = c.res
  return {
    method: METHODS.has(c.req.method) ? c.req.method : 'OTHER',
    route: routeOf(c),
    status,
    code: c.error instanceof HelixError ? c.error.code : null,
    requestId: c.get('requestId'),
    actor: c.get('person')?.actor ?? null,
    stream: headers.get('content-type')?.startsWith('text/event-stream') ?? false,
  }
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

function isServerResponse(outgoing: unknown): outgoing is ServerResponse {
  return outgoing !== undefined && typeof (outgoing as ServerResponse).writeHead === 'function'
}

/** When the response's body was first written to; nothing else tells, and only streams pay for it. */
function firstWrite(outgoing: ServerResponse): () => number | null {
  let at: number | null = null
  const write = outgoing.write
  outgoing.write = function firstOnly(this: ServerResponse, ...given: Parameters<typeof write>) {
    at ??= performance.now()
    outgoing.write = write
    return write.apply(this, given)
  } as typeof write
  return () => at
}
