import type { Alerts } from '../src/alerts/alerts.ts'
import type { WaitFor } from '../src/audit/strict-place.ts'
import type { Ending } from '../src/chat/turns/close.ts'
import type { Database } from '../src/db/database.ts'
import { createConfirmations } from '../src/discord/confirmations.ts'

/** What acts wait for in strict mode. Calls of Claude always do; other acts once the gateway is there to post them. */
export function waitForDiscord(db: Database, log: string, onRefused: () => void) {
  const confirmations = createConfirmations({ db, log })
  let on = false
  const wait: WaitFor = async (channel, seq) => {
    if (!on) return
    await confirmations(channel)(seq).catch((failure) => {
      onRefused()
      throw failure
    })
  }
  return {
    wait,
    confirmCall: confirmations('api'),
    begin(): void {
      on = true
    },
    end(): void {
      on = false
    },
  }
}

/** Whether it was Discord that had no intent, so that Claude was never asked. */
export function isRefused({ problem }: Ending): boolean {
  return problem?.code === 'audit_unavailable'
}

export function raiseRefused(alerts: Alerts): void {
  const message = 'Acts are refused, for Discord does not have their intents (HELIX_AUDIT_MODE=strict)'
  alerts.raise({ alert: 'audit_unavailable', severity: 'critical', message })
}
