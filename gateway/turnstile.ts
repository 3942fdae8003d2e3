/** Lets a bounded number in at a time for each key; the rest wait outside, first come first served. */
export interface Turnstile {
  /** Resolves once there is room, to the way out; call that exactly once. */
  enter(key: string): Promise<() => void>
}

/** @param most how many may be inside at the same time for one key */
export function createTurnstile(most: number): Turnstile {
  const keys = new Map<string, { inside: number; waiting: (() => void)[] }>()

  function leave(key: string): void {
    const state = keys.get(key)
    if (!state) return
    const next = state.waiting.shift()
    if (next) next()
    else if (--state.inside === 0) keys.delete(key)
  }

  return {
    async enter(key) {
      const state = keys.get(key) ?? { inside: 0, waiting: [] }
      keys.set(key, state)
      if (state.inside < most) state.inside += 1
      else await new Promise<void>((resolve) => state.waiting.push(resolve))
      return () => leave(key)
    },
  }
}
