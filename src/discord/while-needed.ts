import type { WaitFor } from '../audit/strict-place.ts'

/** What follows an act so closely is posted by the same one, its outcome for instance. */
const IDLE_MS = 3_000

/**
 * Opens what posts when somebody waits, and lets a gateway have its place when nobody has for a while. There is one at a
 * time: the one before may still be sending what the next would send again.
 */
export function whileNeeded(
  wait: WaitFor,
  open: () => { stop(): Promise<void> },
): { wait: WaitFor; stop: () => Promise<void> } {
  let opened: ReturnType<typeof open> | undefined
  let ending: Promise<void> | undefined
  let waiting = 0
  let idle: NodeJS.Timeout | undefined
  async function stop(): Promise<void> {
    clearTimeout(idle)
    const last = opened
    opened = undefined
    if (last) ending = last.stop()
    await ending
  }
  return {
    stop,
    async wait(...act: Parameters<WaitFor>): Promise<void> {
      clearTimeout(idle)
      waiting += 1
      try {
        await ending
        opened ??= open()
        await wait(...act)
      } finally {
        waiting -= 1
        if (waiting === 0) idle = setTimeout(() => void stop(), IDLE_MS).unref()
      }
    },
  }
}
