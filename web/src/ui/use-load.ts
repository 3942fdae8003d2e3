import { type Inputs, useCallback, useEffect, useState } from 'preact/hooks'
import { useReadingAgain } from './reading-again.ts'
import { whenSeen } from './when-seen.ts'

/** Something read from elsewhere: what came last stays while it is read anew, and when that fails. */
export interface Loaded<T> {
  value: T | undefined
  /** Why the latest attempt failed. */
  error: unknown
  loading: boolean
  /** When the value came. */
  at: Date | undefined
  /** Reads it anew. */
  again(): void
  /** Takes in a change that was made here, without reading. */
  put(change: (value: T) => T): void
}

type State<T> = Pick<Loaded<T>, 'value' | 'error' | 'loading' | 'at'>

/**
 * Reads something at once, and anew whenever an input changes, or somebody can be reached again where nobody was; with
 * `everyMs` also from time to time, as long as the page can be seen.
 */
export function useLoad<T>(
  load: (signal: AbortSignal) => Promise<T>,
  inputs: Inputs,
  { everyMs }: { everyMs?: number } = {},
): Loaded<T> {
  const [round, setRound] = useState(0)
  const [state, setState] = useState<State<T>>(NOTHING)
  const again = useCallback(() => setRound((last) => last + 1), [])

  useEffect(() => {
    const ended = new AbortController()
    setState((last) => ({ ...last, loading: true }))
    load(ended.signal).then(
      (value) => {
        if (!ended.signal.aborted) setState({ value, error: undefined, loading: false, at: new Date() })
      },
      (error: unknown) => {
        if (!ended.signal.aborted) setState((last) => ({ ...last, error, loading: false }))
      },
    )
    return () => ended.abort()
  }, [...inputs, round])

  const waits = everyMs !== undefined && !state.loading
  useEffect(() => (waits ? whenSeen(everyMs, again) : undefined), [waits, everyMs, again])
  useReadingAgain(state, again)

  const put = useCallback((change: (value: T) => T) => {
    setState((last) => (last.value === undefined ? last : { ...last, value: change(last.value) }))
  }, [])
  return { ...state, again, put }
}

const NOTHING = { value: undefined, error: undefined, loading: true, at: undefined }
