import { effect } from '@preact/signals'
import type { FeedEvent } from '../../../../src/contract/feed.ts'
import type { FeedDeps } from '../feed.ts'
import type { Locks } from '../locks.ts'
import { lead } from './lead.ts'
import { createPlace } from './place.ts'

/** Of a BroadcastChannel what is used here. */
export type TabChannel = Pick<BroadcastChannel, 'postMessage' | 'close' | 'onmessage'>

/** How the tabs of one browser meet. */
export interface Tabs {
  locks: Locks
  openChannel: (name: string) => TabChannel
  /** How long a leader may take to answer before it counts as asleep, in ms; 4 s unless told. */
  answerMs?: number
}

/** What tabs say to each other: the leader every event and, asked, where it is. */
type Word = { kind: 'event'; event: FeedEvent } | { kind: 'hello' } | { kind: 'place'; seq: number | null }

const ANSWER_MS = 4_000
/** How often a tab that is shown asks whether the leader is still awake. */
const ASK_EVERY_MS = 20_000

/**
 * Follows a person's feed together with the browser's other tabs: one holds the connection and passes everything on.
 * When it closes, another takes over from the last event it has itself: what comes twice is known by its number.
 * Answers how to leave.
 */
export function followTogether(userId: string, deps: FeedDeps, tell: (event: FeedEvent) => void): () => void {
  const name = `helix.feed.${userId}`
  const channel = deps.openChannel(name)
  const left = new AbortController()
  const place = createPlace(tell)
  let leading = false
  let answered = () => {}
  let asking = new AbortController()

  const say = (word: Word) => channel.postMessage(word)

  channel.onmessage = ({ data }: MessageEvent<Word>) => {
    if (left.signal.aborted) return
    if (data.kind === 'event') place.take(data.event)
    else if (data.kind === 'hello' && leading) say({ kind: 'place', seq: place.seq ?? null })
    else if (data.kind === 'place' && !leading) hear(data.seq)
  }

  function hear(seq: number | null): void {
    answered()
    if (seq === null) return
    if (place.seq === undefined) place.take({ event: 'ready', seq, data: { seq } })
    else if (seq > place.seq) place.take({ event: 'reset', seq, data: { seq } })
  }

  async function hold(deposed: AbortSignal): Promise<void> {
    leading = true
    // Whoever came while nobody led learns where the feed is.
    if (place.seq !== undefined) say({ kind: 'place', seq: place.seq })
    await lead(deps, () => place.seq, takeAndPassOn, AbortSignal.any([left.signal, deposed]))
    leading = false
  }

  function takeAndPassOn(event: FeedEvent): void {
    place.take(event)
    say({ kind: 'event', event })
  }

  /** Waits for its turn to lead; another tab may take the lead away, and then it waits again. */
  async function queue(steal: boolean): Promise<void> {
    asking = new AbortController()
    const { signal } = asking
    const deposed = new AbortController()
    try {
      await deps.locks.request(name, steal ? { steal: true } : { signal }, () => hold(deposed.signal))
    } catch {
      // Robbed of the lead, or told to stop asking.
      deposed.abort()
    }
    if (!left.signal.aborted && !signal.aborted) await queue(false)
  }

  /** A leader that does not answer twice is asleep, or stuck: the lead is taken from it. */
  async function ask(): Promise<void> {
    if (leading || left.signal.aborted) return
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const answer = new Promise<boolean>((resolve) => {
        answered = () => resolve(true)
        setTimeout(resolve, deps.answerMs ?? ANSWER_MS, false)
      })
      say({ kind: 'hello' })
      if ((await answer) || leading || left.signal.aborted || !deps.presence.visible.peek()) return
    }
    asking.abort()
    void queue(true)
  }

  const endAsking = effect(() => {
    if (!deps.presence.visible.value) return
    void ask()
    const timer = setInterval(() => void ask(), ASK_EVERY_MS)
    return () => clearInterval(timer)
  })
  void queue(false)

  return () => {
    left.abort()
    asking.abort()
    endAsking()
    channel.close()
  }
}
