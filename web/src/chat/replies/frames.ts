import type { OnFrame } from './live-reply.ts'

/** A hidden tab draws no frames; text that came meanwhile is there soon all the same. */
const HIDDEN_MS = 250

/** The frames of a window. */
export function framesOf(window: Window): OnFrame {
  return (draw) => {
    if (window.document.hidden) window.setTimeout(draw, HIDDEN_MS)
    else window.requestAnimationFrame(draw)
  }
}
