import { effect, type ReadonlySignal, signal } from '@preact/signals'
import { createContext } from 'preact'
import { useContext, useEffect, useRef } from 'preact/hooks'
import { whenSeen } from './when-seen.ts'

/** What those who read from elsewhere know of the way there. */
export interface Reach {
  readonly reachable: ReadonlySignal<boolean>
  /** How long to wait before an attempt (from 1), in ms. */
  waitMs(attempt: number): number
}

/** Without it, what could not be read is read anew only when somebody asks. */
export const ReachContext = createContext<Reach | undefined>(undefined)

/**
 * Reads anew what could not be read because nobody was there to answer: once somebody can be reached again, and where
 * they could be all along, from time to time. Nobody has to reload, or to press a button.
 */
export function useReadingAgain({ error, loading }: { error: unknown; loading: boolean }, again: () => void) {
  const reach = useContext(ReachContext)
  const attempts = useRef(0)
  const waits = reach !== undefined && !loading && isOfNobody(error)
  if (!loading && error === undefined) attempts.current = 0
  useEffect(() => {
    if (!waits) return
    attempts.current += 1
    const ms = reach.waitMs(attempts.current)
    return effect(() => (reach.reachable.value ? whenSeen(ms, again) : undefined))
  }, [waits, reach, again])
}

/**
 * The same, whatever it failed by, for what keeps its state in signals. `load` never rejects; both functions are to stay
 * the same from one rendering to the next.
 */
export function useLoadingAgain(isFailed: () => boolean, load: () => Promise<unknown>): void {
  const reach = useContext(ReachContext)
  useEffect(() => {
    if (!reach) return
    const attempts = signal(0)
    return effect(() => {
      if (!isFailed()) {
        attempts.value = 0
        return
      }
      const attempt = attempts.value + 1
      if (!reach.reachable.value) return
      return whenSeen(reach.waitMs(attempt), () => {
        void load().finally(() => {
          attempts.value = attempt
        })
      })
    })
  }, [reach, isFailed, load])
}

/** Whether a proxy, a gateway or nobody at all said that it cannot be answered now, rather than that it will not be. */
function isOfNobody(error: unknown): boolean {
  const status = (error as { status?: unknown } | null | undefined)?.status
  return typeof status === 'number' && (status === 0 || (status >= 502 && status <= 504))
}
