import type { Config } from '../src/config/config.ts'
import { type Logger, silent } from '../src/log/logger.ts'
import type { Metrics } from '../src/metrics/metrics.ts'
import type { Resources } from '../src/resources.ts'
import { listen } from './listen.ts'
import { openMetricsRoutes } from './routes/metrics.ts'

/** How long a scrape may still take once the gateway ends, in ms. */
const LINGER_MS = 500

/** Few ask, and all of them from this machine. */
const LIMITS = { most: 100, isProxy: () => true }

/** Whether anybody can ask for the metrics. */
export function areExposed({ token, port }: Config['metrics']): boolean {
  return token !== undefined || port !== undefined
}

/** Serves the metrics on the port of their own that only this machine reaches; null when they have none. */
export async function openMetricsDoor(
  { config, log = silent }: { config: Pick<Config, 'metrics'>; log?: Logger },
  metrics: Metrics,
  resources: Resources,
): Promise<string | null> {
  const { port } = config.metrics
  if (port === undefined) return null
  const listening = await listen(openMetricsRoutes(metrics), { port, host: '127.0.0.1' }, LIMITS)
  const { address } = resources.keep(listening, (opened) => opened.close(LINGER_MS))
  log.info({ event: 'metrics', url: `${address}/metrics` })
  return `${address}/metrics`
}
