import type { Context } from 'hono'
import type { Counters } from './counters.ts'
import { bucketHeaders, createWindows, type Limits, type Standing } from './limits.ts'
import type { World } from './world.ts'

interface GateDeps {
  limits: Limits
  counters: Counters
  world: World
  now: () => number
}

type Scope = keyof Counters['rateLimited']

/** Lets requests in as far as Discord's limits go; answers the others itself. */
export function createGate({ limits, counters, world, now }: GateDeps) {
  const windows = createWindows(now)

  function refuse(c: Context, scope: Scope, bucket: string, standing: Standing): Response {
    counters.rateLimited[scope] += 1
    const shared = scope === 'channel'
    if (!shared) noteInvalid()
    const seconds = Math.ceil(standing.resetMs) / 1_000
    const global = scope === 'global'
    return c.json({ message: 'You are being rate limited.', retry_after: seconds, global }, 429, {
      ...(global ? { 'x-ratelimit-global': 'true' } : bucketHeaders(bucket, standing, now())),
      'x-ratelimit-scope': global ? 'global' : shared ? 'shared' : 'user',
      'retry-after': String(Math.ceil(seconds)),
    })
  }

  function noteInvalid(): void {
    counters.invalid += 1
    windows.take('invalid', limits.invalid)
  }

  return {
    noteInvalid,
    /** Who sent too much that was refused gets no answer of Discord any more, but one of what stands before it. */
    shutOut: () => !windows.read('invalid', limits.invalid).allowed,
    /** The answer of 429, or the headers for the answer to come. */
    enter(c: Context, path: string): Response | Record<string, string> {
      const everywhere = windows.read('global', limits.global)
      if (!everywhere.allowed) return refuse(c, 'global', 'global', everywhere)
      const webhookId = webhookIn(path)
      const channelId =
        webhookId && c.req.method === 'POST' ? world.webhooks.get(webhookId)?.channelId : undefined
      // What a channel takes in a minute is in no header: the first to tell is the refusal.
      if (channelId) {
        const standing = windows.read(`channel ${channelId}`, limits.channel)
        if (!standing.allowed) return refuse(c, 'channel', 'channel', standing)
      }
      const key = webhookId ? `webhook ${webhookId}` : `${c.req.method} ${majorPath(path)}`
      const scope = webhookId ? 'webhook' : 'route'
      const bucket = webhookId ? 'b7d1e0a1webhook' : Buffer.from(routeOf(key)).toString('hex').slice(0, 32)
      const standing = windows.take(key, limits[scope])
      if (!standing.allowed) return refuse(c, scope, bucket, standing)
      windows.take('global', limits.global)
      if (channelId) windows.take(`channel ${channelId}`, limits.channel)
      return bucketHeaders(bucket, standing, now())
    },
  }
}

export function webhookIn(path: string): string | undefined {
  return /^\/webhooks\/(\d+)\/./.exec(path)?.[1]
}

/** The path up to the ids that are not its guild's or channel's: those share a bucket. */
function majorPath(path: string): string {
  return path.replace(/^(\/(?:guilds|channels)\/\d+.*?)\/\d+/, '$1/:id')
}

function routeOf(key: string): string {
  return key.replace(/\d+/g, ':id')
}
