import { type ReadonlySignal, signal } from '@preact/signals'

/** A module that is fetched when it is first needed; `value` is undefined until it is there. */
export interface Lazy<T> {
  readonly value: ReadonlySignal<T | undefined>
  /** Fetches it, once. What cannot be fetched is asked for again the next time. */
  load(): void
}

/** Makes a module that is fetched when it is first needed. */
export function createLazy<T>(fetchIt: () => Promise<T>): Lazy<T> {
  const value = signal<T | undefined>(undefined)
  let loading = false
  return {
    value,
    load() {
      if (loading) return
      loading = true
      fetchIt().then(
        (fetched) => {
          value.value = fetched
        },
        () => {
          loading = false
        },
      )
    },
  }
}
