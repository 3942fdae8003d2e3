import type { NewEntry } from '../audit/entry.ts'

/** Something that must be seen soon. */
export interface Alert {
  /** Which one it is; the same one is told once until it is over. */
  alert: string
  severity: 'warning' | 'critical'
  message: string
  facts?: Record<string, unknown>
  /** After how long without a recurrence it is over, in ms; never by itself when null. */
  quietMs?: number | null
}

export interface Alerts {
  raise(alert: Alert): void
  /** It is over; does nothing where it was not raised. */
  recover(alert: string, facts?: Record<string, unknown>): void
  /** What is not over. */
  open(): readonly Pick<Alert, 'alert' | 'severity'>[]
  /** Says what was not over yet no more. */
  close(): void
}

export interface AlertDeps {
  append: (entry: NewEntry) => Promise<unknown>
  actor: string
  onError: (error: unknown) => void
  tickMs?: number
}

const QUIET_MS = 60_000
/** Entries kept for a log that cannot be written now. */
const MOST_UNWRITTEN = 100

interface Raised extends Alert {
  since: number
  lastAt: number
  times: number
}

/** Puts alerts and their end on the chain, on its loudest channel: each once, however often it happens. */
export function createAlerts({ append, actor, onError, tickMs = 5_000 }: AlertDeps): Alerts {
  const raised = new Map<string, Raised>()
  let unwritten: NewEntry[] = []
  let writing = false

  function write(kind: string, data: Record<string, unknown>): void {
    unwritten = [...unwritten, { channel: 'alerts' as const, kind, actor, data }].slice(-MOST_UNWRITTEN)
    flush().catch(onError)
  }

  async function flush(): Promise<void> {
    if (writing) return
    writing = true
    try {
      for (let [entry] = unwritten; entry; [entry] = unwritten) {
        await append(entry)
        const written = entry
        unwritten = unwritten.filter((each) => each !== written)
      }
    } catch {
      // The database is away, which others tell: it is tried again with the next tick.
    } finally {
      writing = false
    }
  }

  function recover(alert: string, facts: Record<string, unknown> = {}): void {
    const open = raised.get(alert)
    if (!open) return
    raised.delete(alert)
    const seconds = Math.round((performance.now() - open.since) / 1_000)
    write('alert.recovered', { alert, severity: open.severity, times: open.times, seconds, ...facts })
  }

  const timer = setInterval(() => {
    const now = performance.now()
    for (const { alert, lastAt, quietMs = QUIET_MS } of raised.values())
      if (quietMs !== null && now - lastAt >= quietMs) recover(alert)
    flush().catch(onError)
  }, tickMs)
  timer.unref()

  return {
    raise(alert) {
      const now = performance.now()
      const open = raised.get(alert.alert)
      if (open) {
        open.times += 1
        open.lastAt = now
        return
      }
      raised.set(alert.alert, { ...alert, since: now, lastAt: now, times: 1 })
      const { severity, message, facts } = alert
      write('alert.raised', { alert: alert.alert, severity, message, ...facts })
    },
    recover,
    open: () => [...raised.values()].map(({ alert, severity }) => ({ alert, severity })),
    close: () => clearInterval(timer),
  }
}
