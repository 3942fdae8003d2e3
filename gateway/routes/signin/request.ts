import type { Context } from 'hono'
import { z } from 'zod'
import { SignInError } from '../../../src/signin/failure.ts'
import { safeRedirect } from '../../../src/signin/redirects.ts'
import { parseBody } from '../../../src/signin/requests.ts'
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
export function clientOf({ clientAddress }: SignInRouteDeps, c: Context): ClientInfo {
  return { userAgent: c.req.header('user-agent') ?? null, address: clientAddress?.(c) ?? null }
}

/** Where the browser goes on after a link: what `redirect_to` asks for, if that is allowed. */
export function redirectOf({ origin, redirectOrigins }: SignInRouteDeps, c: Context): string {
  return safeRedirect(c.req.query('redirect_to'), { origin: origin(), allowed: redirectOrigins })
}

/** An id of the path, which messages call as GoTrue does. @throws SignInError `validation_failed`, as a 404 like GoTrue's */
export function idOf(c: Context, name: string, called: string): string {
  const id = z.guid().safeParse(c.req.param(name))
  if (!id.success) throw new SignInError('validation_failed', `${called} must be an UUID`, { status: 404 })
  return id.data.toLowerCase()
}
