/** Work that is asked for more often than it can run: one at a time, and once more for whoever asked meanwhile. */
export interface OneAtATime {
  /** Has it run; resolves once a run that began after this call is over. Never rejects. */
  run(): Promise<void>
  /** Resolves once nothing runs. */
  settled(): Promise<void>
}

/** @param onError told of a run that failed, once until one succeeds */
export function oneAtATime(work: () => Promise<void>, onError: (error: unknown) => void): OneAtATime {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  let failing = false

  async function attempt(): Promise<void> {
    try {
      await work()
      failing = false
    } catch (error) {
      if (!failing) onError(error)
      failing = true
    }
  }

  function begin(): Promise<void> {
    running = attempt().finally(() => {
      running = undefined
    })
    return running
  }

  return {
    run() {
      if (!running) return begin()
      next ??= running.then(() => {
        next = undefined
        return begin()
      })
      return next
    },
    async settled() {
      await running
    },
  }
}
