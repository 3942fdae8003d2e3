import { useCallback, useRef, useState } from 'preact/hooks'

/** Something that is done when asked, once at a time. */
export interface Act<A extends unknown[]> {
  /** Whether it is under way. */
  busy: boolean
  /** Why the last time failed; gone as soon as it begins again. */
  error: unknown
  run(...given: A): Promise<boolean>
  /** Forgets a failure. */
  clear(): void
}

/** Does one thing at a time: what is asked while it is under way is not done. `run` resolves to whether it was done. */
export function useAct<A extends unknown[]>(work: (...given: A) => Promise<unknown>): Act<A> {
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: undefined })
  const latest = useRef(work)
  const busy = useRef(false)
  latest.current = work
  const run = useCallback(async (...given: A) => {
    if (busy.current) return false
    busy.current = true
    setState({ busy: true, error: undefined })
    try {
      await latest.current(...given)
      setState({ busy: false, error: undefined })
      return true
    } catch (error) {
      setState({ busy: false, error })
      return false
    } finally {
      busy.current = false
    }
  }, [])
  const clear = useCallback(() => setState((last) => ({ ...last, error: undefined })), [])
  return { ...state, run, clear }
}
