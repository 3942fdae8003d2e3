import type { FeedEvent } from '../../../../src/contract/feed.ts'

/** Where one tab is in a person's feed. */
export interface Place {
  /** The number of the last event it has; undefined before the first. */
  readonly seq: number | undefined
  /** Takes an event from anywhere, in any state: tells it if it is new, and `reset` if some before it are missing. */
  take(event: FeedEvent): void
}

/** Begins nowhere. Events of a person are numbered without gaps, so a number says whether one is missing. */
export function createPlace(tell: (event: FeedEvent) => void): Place {
  let seq: number | undefined

  function begin(at: number): void {
    seq = at
    tell({ event: 'ready', seq: at, data: { seq: at } })
  }

  function restart(at: number): void {
    seq = at
    tell({ event: 'reset', seq: at, data: { seq: at } })
  }

  return {
    get seq() {
      return seq
    },
    take(event) {
      if (event.event === 'draining') return
      if (event.event === 'reset') return restart(event.seq)
      if (event.event === 'ready') return seq === undefined ? begin(event.seq) : undefined
      if (seq === undefined) begin(event.seq - 1)
      if (event.seq <= (seq ?? 0)) return
      if (event.seq !== (seq ?? 0) + 1) return restart(event.seq)
      seq = event.seq
      tell(event)
    },
  }
}
