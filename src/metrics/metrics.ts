import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Database } from '../db/database.ts'
import { alertMetrics } from './alerts.ts'
import { claudeMetrics } from './claude.ts'
import { databaseMetrics } from './database.ts'
import { discordMetrics } from './discord.ts'
import { feedbackMetrics } from './feedback.ts'
import { createSeries } from './registry.ts'
import { replyMetrics } from './replies.ts'
import { requestMetrics } from './requests.ts'

export type Metrics = ReturnType<typeof createMetrics>

interface MetricsDeps {
  release: string
  mode: string
  /** Whether anybody can ask for them; if not, the process itself is not watched. */
  exposed: boolean
}

/** Everything one gateway counts. Labels are patterns, models and codes: no person, no id, nothing anyone wrote. */
export function createMetrics({ release, mode, exposed }: MetricsDeps) {
  const registry = new Registry()
  const series = createSeries(registry)
  if (exposed) collectDefaultMetrics({ register: registry })
  series
    .gauge('helix_build_info', 'Always 1; which release this is.', ['release', 'mode'])
    .set({ release, mode }, 1)
  const tick = series.histogram(
    'helix_writer_tick_seconds',
    'What it takes to store the new deltas of all replies.',
  )

  return {
    requests: requestMetrics(series),
    replies: replyMetrics(series),
    measureClaude: claudeMetrics(series),
    discord: discordMetrics(series),
    feedback: feedbackMetrics(series),
    measureDatabase: (db: Database) => databaseMetrics(series, db),
    writerTick: (ms: number) => tick.observe(ms / 1_000),
    /** Watches how many replies are being made. */
    watchOpenReplies(count: () => number): void {
      series.gauge('helix_open_replies', 'Replies being made.', [], (open) => open.set(count()))
    },
    watchAlerts: alertMetrics(series),
    contentType: registry.contentType,
    /** All series in the text format of Prometheus. */
    text: () => registry.metrics(),
  }
}
