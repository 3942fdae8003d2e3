import { type Context, Hono } from 'hono'
import { parseOtp, parseRecover, parseResend } from '../../../src/signin/requests/mail.ts'
import type { SignInRouteDeps } from './deps.ts'
import { limited, onwardOf, readBody } from './request.ts'

/** Asking for mails. The answer is the same whether or not there is an account. */
export function mailRoutes(deps: SignInRouteDeps) {
  const { accounts } = deps

  async function otp(c: Context): Promise<Response> {
    const { request, challenge } = parseOtp(await readBody(c))
    await accounts.sendOtp(request, onwardOf(deps, c, challenge))
    return c.json({})
  }

  async function recover(c: Context): Promise<Response> {
    const { email, challenge } = parseRecover(await readBody(c))
    await accounts.recover(email, onwardOf(deps, c, challenge))
    return c.json({})
  }

  async function resend(c: Context): Promise<Response> {
    const { type, email, challenge } = parseResend(await readBody(c))
    await accounts.resend(type, email, onwardOf(deps, c, challenge))
    return c.json({})
  }

  return new Hono()
    .post('/otp', limited(deps, 'mailRequests', otp))
    .post('/magiclink', limited(deps, 'mailRequests', otp))
    .post('/recover', limited(deps, 'mailRequests', recover))
    .post('/resend', limited(deps, 'mailRequests', resend))
}
