import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { asHelixError, HelixError } from '../src/errors.ts'
import type { GatewayEnv } from './env.ts'

/** What the gateway keeps to itself: the cause of a failure nobody foresaw. */
export type ErrorSink = (error: unknown, request: { id: string; method: string; path: string }) => void

/** The one place where an error of a route becomes a response: RFC 9457 problem details. */
export function renderProblem(onUnforeseen: ErrorSink) {
  return function problem(thrown: Error, c: Context<GatewayEnv>): Response {
    const error = fromFramework(thrown)
    if (error.code === 'internal') {
      onUnforeseen(error.cause ?? thrown, { id: c.get('requestId'), method: c.req.method, path: c.req.path })
    }
    return problemResponse(error, c.get('requestId'))
  }
}

/** The response of a failure; `details` become members of the problem beside the standard ones. */
export function problemResponse(error: HelixError, requestId: string): Response {
  const body = {
    ...error.details,
    type: `urn:helix:${error.code}`,
    title: error.message,
    status: error.status,
    code: error.code,
    ...(error.hint ? { hint: error.hint } : {}),
    requestId,
  }
  const headers: Record<string, string> = { 'Content-Type': 'application/problem+json; charset=utf-8' }
  if (error.status === 401) headers['WWW-Authenticate'] = 'Bearer'
  const retryAfterMs = error.details?.['retryAfterMs']
  if (typeof retryAfterMs === 'number') headers['Retry-After'] = String(Math.ceil(retryAfterMs / 1000))
  return new Response(JSON.stringify(body), { status: error.status, headers })
}

function fromFramework(thrown: Error): HelixError {
  if (!(thrown instanceof HTTPException)) return asHelixError(thrown)
  if (thrown.status === 413) return bodyTooLarge()
  return new HelixError('request_invalid', thrown.message || 'The request could not be read', {
    cause: thrown,
  })
}

/** @param limit in bytes, when it is known */
export function bodyTooLarge(limit?: number): HelixError {
  return new HelixError(
    'body_too_large',
    limit ? `The body is larger than ${limit} bytes` : 'The body is too large',
    {
      hint: 'Send less in one request.',
    },
  )
}
