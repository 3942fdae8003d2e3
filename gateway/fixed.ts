import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import type { GatewayEnv } from './env.ts'

/** A body that stays the same as long as the process runs, with its validator. */
interface Fixed {
  body: string
  etag: string
}

/**
 * Answers what `make` makes, made once, at the first request: with `ETag`, 304 to whoever has it already, and to be
 * asked for again after five minutes.
 *
 * @param headers sent with it; must hold `Content-Type`
 */
export function fixedAnswer(make: () => string | Promise<string>, headers: Readonly<Record<string, string>>) {
  let made: Promise<Fixed> | undefined
  return async function answer(c: Context<GatewayEnv>): Promise<Response> {
    made ??= Promise.resolve(make()).then(withTag)
    const fixed = await made.catch((failure) => {
      made = undefined
      throw failure
    })
    c.header('ETag', fixed.etag)
    c.header('Cache-Control', 'public, max-age=300')
    if (knows(c.req.header('if-none-match'), fixed.etag)) return c.body(null, 304)
    return c.body(fixed.body, 200, headers)
  }
}

function withTag(body: string): Fixed {
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"` }
}

/** Whether the caller has it already. RFC 9110, 13.1.2: a weak comparison, since a proxy that compresses weakens the tag. */
export function knows(given: string | undefined, etag: string): boolean {
  return (given ?? '').split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag)
}
