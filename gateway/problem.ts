import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode as StatusCode } from 'hono/utils/http-status'
import { shownFailure } from '../src/audit/shown-failure.ts'
import type { Problem } from '../src/contract/problem.ts'
import { HelixError } from '../src/errors.ts'
import type { Standing } from '../src/limits/limiter.ts'
import type { GatewayEnv } from './env.ts'
import { heldAnswer } from './maintenance/held-answer.ts'
import { routeOf } from './route-of.ts'

/** What the gateway keeps to itself: the cause of a failure nobody foresaw. */
export type ErrorSink = (error: unknown, request: { id: string; method: string; route: string }) => void

/** The one place where an error of a route becomes a response: RFC 9457 problem details. */
export function renderProblem(onUnforeseen: ErrorSink) {
  return function problem(thrown: Error, c: Context<GatewayEnv>): Response {
    const error = fromFramework(thrown)
    if (error.code === 'internal') {
      onUnforeseen(error.cause ?? thrown, { id: c.get('requestId'), method: c.req.method, route: routeOf(c) })
    }
    const { rateLimit } = error.details ?? {}
    // Where the caller stands is told in headers, whichever limit it was.
    if (rateLimit) c.set('standing', rateLimit as Standing)
    const problem = problemOf(error, c.get('requestId'))
    const headers = headersOf(error)
    if (error.code === 'maintenance') return heldAnswer(c, problem, headers)
    return c.body(JSON.stringify(problem), error.status as StatusCode, headers)
  }
}

/** The problem of a failure; its `details` become members beside the standard ones, but for where the caller stands. */
function problemOf(error: HelixError, requestId: string): Problem {
  const { code, message, hint, details } = shownFailure(error)
  const { rateLimit: _, ...members } = details ?? {}
  return {
    ...members,
    type: `urn:helix:${code}`,
    title: message,
    status: error.status,
    code,
    hint: hint ?? `docs/troubleshooting.md says what ${code} means and what to do.`,
    requestId,
  }
}

function headersOf({ details }: HelixError): Record<string, string> {
  const retryAfterMs = details?.retryAfterMs
  return {
    'Content-Type': 'application/problem+json; charset=utf-8',
    ...(typeof retryAfterMs === 'number' ? { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) } : {}),
  }
}

function fromFramework(thrown: Error): HelixError {
  if (thrown instanceof HelixError) return thrown
  if (!(thrown instanceof HTTPException)) return unforeseen(thrown)
  if (thrown.status === 413) return bodyTooLarge()
  return new HelixError('request_invalid', thrown.message || 'The request could not be read', {
    cause: thrown,
  })
}

function unforeseen(cause: Error): HelixError {
  return new HelixError('internal', 'Something unforeseen went wrong', {
    hint: 'Try again; if it stays, look for this requestId in the log of the gateway.',
    cause,
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
