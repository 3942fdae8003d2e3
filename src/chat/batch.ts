interface Waiting<I, O> {
  item: I
  resolve: (outcome: O) => void
  reject: (reason: unknown) => void
}

/**
 * Lets callers that arrive while a run is under way share the next one. Alone, an item runs at once; together,
 * items cost one transaction instead of many. When a shared run fails, its items run again one by one, so that
 * a bad item fails alone.
 *
 * @param run takes 1..`most` items and resolves to one outcome per item, in order
 */
export function createBatch<I, O>(run: (items: I[]) => Promise<O[]>, { most = 64 } = {}) {
  const queue: Waiting<I, O>[] = []
  let running = false

  async function attempt(waiting: Waiting<I, O>[]): Promise<void> {
    try {
      const outcomes = await run(waiting.map(({ item }) => item))
      waiting.forEach(({ resolve }, place) => {
        resolve(outcomes[place] as O)
      })
    } catch (reason) {
      if (waiting.length === 1) waiting[0]?.reject(reason)
      else for (const one of waiting) await attempt([one])
    }
  }

  async function drain(): Promise<void> {
    running = true
    while (queue.length > 0) await attempt(queue.splice(0, most))
    running = false
  }

  /** Resolves to the outcome of `item` once the run that took it in has ended. */
  return function submit(item: I): Promise<O> {
    return new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject })
      if (!running) void drain()
    })
  }
}
