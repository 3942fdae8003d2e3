/** Gives way to one holder at a time, in the order they came. */
export interface Mutex {
  /** Resolves to the way to let go, or to undefined when it was not free within `waitMs`. */
  acquire(waitMs?: number): Promise<(() => void) | undefined>
  /** Whether nobody holds it and nobody waits. */
  readonly idle: boolean
}

interface Waiter {
  resolve(release: (() => void) | undefined): void
  timer: NodeJS.Timeout | undefined
}

export function createMutex(): Mutex {
  const waiting: Waiter[] = []
  let held = false

  function holder(): () => void {
    let holding = true
    return () => {
      if (!holding) return
      holding = false
      const next = waiting.shift()
      if (!next) {
        held = false
        return
      }
      clearTimeout(next.timer)
      next.resolve(holder())
    }
  }

  return {
    async acquire(waitMs) {
      if (!held) {
        held = true
        return holder()
      }
      return new Promise((resolve) => {
        const waiter: Waiter = { resolve, timer: undefined }
        waiting.push(waiter)
        if (waitMs === undefined) return
        waiter.timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(waiter), 1)
          resolve(undefined)
        }, waitMs)
      })
    },
    get idle() {
      return !held
    },
  }
}
