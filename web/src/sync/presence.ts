import { type ReadonlySignal, signal } from '@preact/signals'

/** What the browser says of this tab and of the network. */
export interface Presence {
  /** Whether the tab is shown. */
  readonly visible: ReadonlySignal<boolean>
  /** Whether the browser believes in a network; false does not rule out a gateway on this machine. */
  readonly networked: ReadonlySignal<boolean>
}

/** Follows one tab for as long as it lives. */
export function watchPresence(window: Window): Presence {
  const { document, navigator } = window
  const visible = signal(!document.hidden)
  const networked = signal(navigator.onLine)
  const look = () => {
    visible.value = !document.hidden
    networked.value = navigator.onLine
  }
  document.addEventListener('visibilitychange', look)
  for (const name of ['online', 'offline', 'pageshow']) window.addEventListener(name, look)
  return { visible, networked }
}
