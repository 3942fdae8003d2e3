import { type ReadonlySignal, signal } from '@preact/signals'

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
}

/** Long enough to read and to reach a button. */
const SHOWN_MS = 6_000
const MOST = 4

/** Makes the toasts of one page. */
export function createToasts(): Toasts {
  const shown = signal<readonly Toast[]>([])
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
  }
}
