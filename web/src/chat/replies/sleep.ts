/** How often the clock is looked at, and how much later than that it must be to have stood still, in ms. */
const LOOK_MS = 5_000
const ASLEEP_MS = 15_000
/** A tab that was hidden for longer may have lost its connections without being told. */
const HIDDEN_MS = 15_000

/**
 * Calls back when the machine woke up, or the tab was shown again after a while: connections from before look alive
 * and may be dead. Answers how to stop.
 */
export function onWake(window: Window, now: () => number, wake: () => void): () => void {
  const { document } = window
  let last = now()
  let hiddenAt: number | undefined

  const look = () => {
    const slept = now() - last - LOOK_MS > ASLEEP_MS
    last = now()
    if (slept && !document.hidden) wake()
  }
  const turn = () => {
    if (document.hidden) hiddenAt = now()
    else if (hiddenAt !== undefined && now() - hiddenAt > HIDDEN_MS) wake()
    last = now()
  }
  const timer = window.setInterval(look, LOOK_MS)
  document.addEventListener('visibilitychange', turn)
  window.addEventListener('online', wake)
  return () => {
    window.clearInterval(timer)
    document.removeEventListener('visibilitychange', turn)
    window.removeEventListener('online', wake)
  }
}
