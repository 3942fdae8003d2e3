import type { MiddlewareHandler } from 'hono'
import { HelixError } from '../../src/errors.ts'
import type { GatewayEnv } from '../env.ts'

/** Headers that have one value: given twice, a proxy in front may believe the one and we the other. */
const SINGLE = new Set(['host', 'authorization', 'content-type', 'origin'])

/**
 * Refuses what two readers would read differently: a header that has one value given twice, and bodies whose end a
 * proxy may see elsewhere. Two lengths, a length beside chunks and the like the HTTP parser refuses itself.
 * @throws HelixError `request_invalid`
 */
export function refuseAmbiguous(): MiddlewareHandler<GatewayEnv> {
  return async function refuseAmbiguous(c, next) {
    const { incoming } = c.env ?? {}
    if (incoming) {
      const twice = firstTwice(incoming.rawHeaders)
      if (twice) throw ambiguous(`The header ${twice} is given twice`)
      const coding = incoming.headers['transfer-encoding']
      if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || incoming.httpVersion === '1.0')) {
        throw ambiguous('Bodies may be sent in chunks, by HTTP/1.1, and in no other transfer coding')
      }
    }
    return next()
  }
}

/** @param raw names and values in turn, as Node keeps them */
function firstTwice(raw: readonly string[]): string | undefined {
  const seen = new Set<string>()
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]?.toLowerCase() ?? ''
    if (!SINGLE.has(name)) continue
    if (seen.has(name)) return name
    seen.add(name)
  }
  return undefined
}

function ambiguous(message: string): HelixError {
  return new HelixError('request_invalid', message, { hint: 'Send each header once, as HTTP/1.1 has it.' })
}
