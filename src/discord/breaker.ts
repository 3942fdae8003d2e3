/** Discord shuts an address out after 10,000 refusals in 10 minutes; Helix stops itself long before. */
const MOST = 50
const WINDOW_MS = 600_000

/** Counts what counts against this address, and says how long to keep quiet. */
export interface Breaker {
  note(status: number, scope: string | undefined): void
  /** 0 while requests may go out. */
  waitMs(): number
}

export function createBreaker(): Breaker {
  let refusedAt: number[] = []
  const recent = () => {
    const since = performance.now() - WINDOW_MS
    refusedAt = refusedAt.filter((at) => at > since)
    return refusedAt
  }
  return {
    note(status, scope) {
      if (![401, 403, 429].includes(status) || scope === 'shared') return
      refusedAt = [...recent(), performance.now()].slice(-MOST)
    },
    waitMs() {
      const [first = 0] = recent()
      return refusedAt.length < MOST ? 0 : first + WINDOW_MS - performance.now()
    },
  }
}
