import { setTimeout as sleep } from 'node:timers/promises'
import { Hono } from 'hono'
import type { StreamPass } from '../../src/contract/health.ts'
import { streamPasses } from '../../src/release/stream-probe.ts'
import type { GatewayEnv } from '../env.ts'
import { demandMetricsToken } from '../metrics-token.ts'
import { noPath } from '../no-route.ts'
import { sseResponse } from '../sse.ts'

export interface StreamProbeDeps {
  release: string
  /** The token of the metrics, which signs; without one the routes do not exist. */
  token: string | undefined
}

/** What is streamed, a piece after the other; as far apart as the tokens of a slow reply. */
const PIECES = ['One ', 'piece ', 'after ', 'the ', 'other.']
const PACE_MS = 250

/**
 * One reply that no model makes and nobody keeps, streamed as replies are: a deploy asks for it through the public
 * address, and sees whether something on the way holds it back.
 */
export function streamProbeRoutes({ release, token }: StreamProbeDeps) {
  return new Hono<GatewayEnv>()
    .get('/health/probe', (c) => {
      demandMetricsToken(c, token)
      const pass = streamPasses(token, release).make(new Date())
      return c.json({ ...pass, expiresAt: pass.expiresAt.toISOString() } satisfies StreamPass)
    })
    .get('/health/probe/:token', (c) => {
      const passes = token === undefined ? undefined : streamPasses(token, release)
      if (!passes?.admits(c.req.param('token'), new Date())) throw noPath(c)
      const abort = new AbortController()
      c.req.raw.signal.addEventListener('abort', () => abort.abort())
      return sseResponse(pieces(release, abort.signal), abort)
    })
}

async function* pieces(release: string, signal: AbortSignal) {
  yield { event: 'start', seq: 1, data: { release, pieces: PIECES.length, paceMs: PACE_MS } }
  for (const [place, text] of PIECES.entries()) {
    await sleep(PACE_MS, undefined, { signal })
    yield { event: 'delta', seq: place + 2, data: { text } }
  }
  yield { event: 'done', seq: PIECES.length + 2, data: { release, simulated: true } }
}
