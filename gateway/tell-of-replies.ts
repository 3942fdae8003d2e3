import type { Alerts } from '../src/alerts/alerts.ts'
import type { Audit } from '../src/audit/audit.ts'
import type { Ending } from '../src/chat/turns/close.ts'
import type { Metrics } from '../src/metrics/metrics.ts'
import { summaryMade } from '../src/state/entries.ts'
import type { TrafficRecorder } from '../src/traffic/recorder.ts'
import { alertOnFirstWords, type ReplyThresholds } from './alert-on-requests.ts'
import type { createClaudeState } from './health.ts'
import { isRefused, raiseRefused } from './strict.ts'

interface ReplyListeners {
  alerts: Alerts
  audit: Pick<Audit, 'append'>
  claudeState: Pick<ReturnType<typeof createClaudeState>, 'note'>
  metrics: Pick<Metrics, 'replies'>
  traffic: Pick<TrafficRecorder, 'firstToken'>
  thresholds: ReplyThresholds
  /** Whether this gateway asks a simulation in place of Claude. */
  simulated: boolean
  onError: (error: unknown) => void
}

/** Tells whoever wants to know how replies come: what is counted, the state of Claude, alerts and the chain. */
export function tellOfReplies(listeners: ReplyListeners) {
  const { alerts, audit, claudeState, metrics, traffic, thresholds, simulated, onError } = listeners
  const alertOnLateWords = alertOnFirstWords(alerts, thresholds)
  return {
    onFirstToken(ms: number): void {
      traffic.firstToken(ms)
      metrics.replies.firstToken(ms)
      alertOnLateWords(ms)
    },
    onSettled(ending: Ending): void {
      const refused = isRefused(ending)
      // What a load test had made up tells nothing of Claude.
      const asked = ending.simulated === simulated
      if (asked && !refused) claudeState.note(ending.state)
      metrics.replies.settled(ending)
      if (refused) raiseRefused(alerts)
      else if (asked && ending.state === 'failed') raiseFailed(alerts, ending)
      else if (ending.summaryOf) audit.append(summaryOf(ending)).catch(onError)
    },
  }
}

function raiseFailed(alerts: Alerts, { model, problem }: Ending): void {
  const code = problem?.code
  const message = `A call of Claude failed (${code ?? 'unknown'})`
  alerts.raise({ alert: 'upstream_failed', severity: 'critical', message, facts: { model, code } })
}

function summaryOf({ actor, generationId, model }: Ending) {
  return summaryMade(actor, { generation: generationId, model })
}
