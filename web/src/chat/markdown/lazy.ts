import { signal } from '@preact/signals'
import type { Lazy } from './kit.ts'

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
