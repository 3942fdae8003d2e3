import type { Series } from './registry.ts'

/** How Discord follows the chain. */
export function discordMetrics({ counter, gauge }: Series) {
  const posts = counter('helix_discord_posts_total', 'Posts that Discord confirmed.')
  const failures = counter('helix_discord_failures_total', 'Requests to Discord that failed.', ['kind'])
  return {
    posted: () => posts.inc(),
    failed: ({ kind }: { kind: string }) => failures.inc({ kind }),
    /** Watches how long the oldest entry has waited, where this gateway is the one that sends. */
    watchQueue(ageMs: () => number): void {
      gauge(
        'helix_discord_queue_age_seconds',
        'How long the oldest entry has waited for Discord.',
        [],
        (age) => age.set(ageMs() / 1_000),
      )
    },
  }
}
