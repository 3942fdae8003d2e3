import { type ReadonlySignal, signal } from '@preact/signals'
import type { Message } from '../../../../src/contract/chat.ts'
import type { ReplyEvent } from '../../../../src/contract/events.ts'
import type { Start } from '../thread/stretch.ts'

/** How far a reply has come, as this page follows it. */
type Phase = 'waiting' | 'writing' | 'reconnecting' | 'ended'

/** A reply while it is written. */
export interface LiveReply {
  readonly start: Start
  /** What there is of it; changes at most once a frame. */
  readonly text: ReadonlySignal<string>
  readonly phase: ReadonlySignal<Phase>
}

/** Calls back before the next frame is drawn. */
export type OnFrame = (draw: () => void) => void

/** A reply that takes in its events. */
export interface Growing extends LiveReply {
  /** The number of the last event that was taken in. */
  readonly seq: number
  /** Takes an event in; answers the message once that was the last. */
  take(event: ReplyEvent): Message | undefined
  lost(): void
  end(): void
}

/** Makes a reply that has begun. What comes faster than frames are drawn is shown together. */
export function growReply(start: Start, onFrame: OnFrame): Growing {
  const text = signal('')
  const phase = signal<Phase>('waiting')
  let whole = ''
  let seq = 0
  let drawing = false

  function show(): void {
    if (drawing) return
    drawing = true
    onFrame(() => {
      drawing = false
      text.value = whole
    })
  }

  return {
    start,
    text,
    phase,
    get seq() {
      return seq
    },
    take(event) {
      if (event.event === 'draining') return undefined
      seq = Math.max(seq, event.seq)
      if (event.event === 'delta') whole += event.data.text
      if (event.event === 'snapshot') whole = event.data.text
      if (event.event === 'done' || event.event === 'error') return event.data.message
      phase.value = whole === '' ? 'waiting' : 'writing'
      show()
      return undefined
    },
    lost() {
      phase.value = 'reconnecting'
    },
    end() {
      phase.value = 'ended'
    },
  }
}
