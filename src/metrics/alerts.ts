import type { Series } from './registry.ts'

/** Alerts of this gateway that are not over: 1 each, and nothing once they are. */
export function alertMetrics({ gauge }: Series) {
  return (open: () => readonly { alert: string; severity: string }[]): void => {
    gauge('helix_alert_open', 'Alerts that are not over.', ['alert', 'severity'], (alerts) => {
      alerts.reset()
      for (const labels of open()) alerts.set(labels, 1)
    })
  }
}
