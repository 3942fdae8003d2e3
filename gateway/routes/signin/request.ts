import type { Context } from 'hono'
import { z } from 'zod'
import type { Onward } from '../../../src/signin/deps.ts'
import { SignInError } from '../../../src/signin/failure.ts'
import type { CodeChallenge } from '../../../src/signin/flow-state.ts'
import type { CountedRequest } from '../../../src/signin/limits.ts'
import { safeRedirect } from '../../../src/signin/redirects.ts'
import { parseBody } from '../../../src/signin/requests/body.ts'
import type { ClientInfo } from '../../../src/signin/sessions.ts'
import { cutOff } from '../../body.ts'
import type { SignInRouteDeps } from './deps.ts'

/** The longest body of a sign-in route, in bytes. */
export const LONGEST_BODY = 32 * 1024

/** @throws SignInError `bad_json`, `validation_failed` */
export async function readBody(c: Context): Promise<Record<string, unknown>> {
  return parseBody(await c.req.text().catch(cutOff))
}

export function refuseLargeBody(): never {
  throw new SignInError('validation_failed', `The request body is longer than ${LONGEST_BODY} bytes`, {
    status: 413,
  })
}

/** Who asks, for the owner of a session to recognise it by. */
export function clientOf(c: Context): ClientInfo {
  return { userAgent: c.req.header('user-agent') ?? null, address: addressOf(c) }
}

/** Answers once the request has been counted by its address. @throws SignInError `over_request_rate_limit` */
export function limited(
  { limits }: SignInRouteDeps,
  kind: CountedRequest,
  answer: (c: Context) => Promise<Response>,
): (c: Context) => Promise<Response> {
  return async function limited(c) {
    await countRequest(limits, kind, c)
    return answer(c)
  }
}

/** Counts a request by its address, and has its answer say where that stands. @throws SignInError `over_request_rate_limit` */
export function countRequest(
  limits: SignInRouteDeps['limits'],
  kind: CountedRequest,
  c: Context,
): Promise<void> {
  return limits.request(kind, addressOf(c), (standing) => c.set('standing', standing))
}

/** The caller's address, as far as it can be trusted. */
const addressOf = (c: Context): string | null => c.get('address') ?? null

/** Where a browser goes on after a link: what the request asks for, or the page it comes from, if that is allowed. */
export function redirectOf(deps: SignInRouteDeps, c: Context, wanted = c.req.query('redirect_to')): string {
  const rules = { home: deps.home(), allowed: deps.redirectOrigins() }
  return safeRedirect([wanted, c.req.header('referer')], rules)
}

/** How a flow goes on that a mail interrupts. */
export function onwardOf(deps: SignInRouteDeps, c: Context, challenge: CodeChallenge | null): Onward {
  return { redirectTo: redirectOf(deps, c), challenge }
}

/** An id of the path, which messages call as GoTrue does. @throws SignInError `validation_failed`, as a 404 like GoTrue's */
export function idOf(c: Context, name: string, called: string): string {
  const id = z.guid().safeParse(c.req.param(name))
  if (!id.success) throw new SignInError('validation_failed', `${called} must be an UUID`, { status: 404 })
  return id.data.toLowerCase()
}
