import { type ReadonlySignal, signal } from '@preact/signals'
import { createContext } from 'preact'

interface Toast {
  id: number
  text: string
  kind: 'said' | 'failed'
  action?: { label: string; onChoose: () => void }
}

/** Short news at the edge of the page. */
export interface Toasts {
  readonly shown: ReadonlySignal<readonly Toast[]>
  say(text: string, action?: Toast['action']): void
  /** Stays until it is dismissed. */
  fail(text: string, action?: Toast['action']): void
  dismiss(id: number): void
  /** The place that shows them: the one that was taken last. */
  readonly place: ReadonlySignal<symbol | undefined>
  /** Takes a place. Answers how to leave it. */
  take(place: symbol): () => void
}

/** The toasts of the page, for what stands above it: whatever is below a dialog can be neither read nor pressed. */
export const PageToasts = createContext<{ toasts: Toasts; closeLabel: string } | undefined>(undefined)

/** Long enough to read and to reach a button. */
const SHOWN_MS = 6_000
const MOST = 4

/** Makes the toasts of one page. */
export function createToasts(): Toasts {
  const shown = signal<readonly Toast[]>([])
  const place = signal<symbol | undefined>(undefined)
  let places: readonly symbol[] = []
  let last = 0
  const dismiss = (id: number) => {
    shown.value = shown.value.filter((toast) => toast.id !== id)
  }

  function add(kind: Toast['kind'], text: string, action: Toast['action']): number {
    last += 1
    const toast = { id: last, text, kind, ...(action && { action }) }
    shown.value = [...shown.value.filter((other) => other.text !== text), toast].slice(-MOST)
    return toast.id
  }

  return {
    shown,
    say(text, action) {
      const id = add('said', text, action)
      setTimeout(dismiss, SHOWN_MS, id)
    },
    fail: (text, action) => void add('failed', text, action),
    dismiss,
    place,
    take(taken) {
      const keep = (next: readonly symbol[]) => {
        places = next
        place.value = next.at(-1)
      }
      keep([...places, taken])
      return () => keep(places.filter((other) => other !== taken))
    },
  }
}
