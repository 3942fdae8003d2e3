import { HelixError } from '../errors.ts'

/** How long Claude may be silent, in ms. */
export interface ReplyTimeouts {
  /** From sending the request to the first byte of the answer. */
  firstByteMs: number
  /** Between two reads of the body, pings included. */
  idleMs: number
  /** Without anything of the reply itself, however many pings arrive. */
  quietMs: number
}

/** Watches over one attempt; told of what arrives, it calls `stalled` once when too little does. */
export interface StallWatch {
  /** Something arrived; `progress` when it was part of the reply and not a mere ping. */
  heard(progress: boolean): void
  /** What arrived is being handled: our own reader's time is not Claude's silence. */
  pause(): void
  stop(): void
}

/**
 * How many reads in a row may hold nothing of the reply. Pings while Claude thinks come seconds apart, so this many
 * of them outlast `quietMs`; a server that floods us with them is cut off much sooner.
 */
const MOST_EMPTY_READS = 50

/** Starts a watch that expects the first byte. One timer per attempt, re-armed only when it fires. */
export function watchForStall(timeouts: ReplyTimeouts, stalled: (error: HelixError) => void): StallWatch {
  let silenceMs = timeouts.firstByteMs
  let heardAt = performance.now()
  let progressAt = heardAt
  let emptyReads = 0
  let paused = false
  let timer = setTimeout(check, Math.min(silenceMs, timeouts.quietMs))

  function check() {
    const now = performance.now()
    const left = Math.min(heardAt + silenceMs, progressAt + timeouts.quietMs) - now
    if (paused || left > 0) timer = setTimeout(check, paused ? timeouts.idleMs : left)
    else stalled(stall(heardAt + silenceMs <= now ? silenceMs : timeouts.quietMs, heardAt !== progressAt))
  }

  return {
    heard(progress) {
      heardAt = performance.now()
      if (progress) progressAt = heardAt
      emptyReads = progress ? 0 : emptyReads + 1
      if (emptyReads > MOST_EMPTY_READS) stalled(stall(heardAt - progressAt, true))
      silenceMs = timeouts.idleMs
      paused = false
    },
    pause() {
      paused = true
    },
    stop() {
      clearTimeout(timer)
    },
  }
}

function stall(silenceMs: number, pinged: boolean): HelixError {
  const what = pinged ? 'Claude sent only pings' : 'Claude sent nothing'
  return new HelixError('upstream_timeout', `${what} for ${(silenceMs / 1000).toFixed(1)} s`, {
    hint: 'Try again.',
    details: { silenceMs },
  })
}
