import type { Outbox } from './outbox.ts'

/** Has the browser ask before it closes a tab that is the only place of an unsent message. */
export function warnBeforeLeaving(window: Window, outbox: Outbox): void {
  window.addEventListener('beforeunload', (event) => {
    if (outbox.waiting.peek().some(({ kept }) => !kept)) event.preventDefault()
  })
}
