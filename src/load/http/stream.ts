import { createParser, type EventSourceMessage } from 'eventsource-parser'
import type { Recorder } from '../recorder.ts'
import type { Settings, StreamStep } from '../script/schema.ts'
import type { SendOptions } from './send.ts'

/** A pause between words longer than this is a stall, in ms. */
const STALL_MS = 5_000
const TIMEOUT_MS = 120_000
/** The gateway pings every 15 s. */
const IDLE_MS = 45_000
/** What a server may take to end a stream that is whole, so that its connection can be used again. */
const GRACE_MS = 500
/** Events that carry words: Helix's, those without a name, and Claude's own. */
const WORDS = new Set(['delta', 'message', 'content_block_delta'])

interface StreamDeps {
  due: number
  recorder: Recorder
  signal: AbortSignal
}

/** Follows one stream of events: when its first words come, how even they are, and whether it comes to its end. */
export function followStream(
  { until, timeout = TIMEOUT_MS, maxIdle = IDLE_MS }: StreamStep,
  deps: StreamDeps,
) {
  const { due, recorder, signal } = deps
  const silence = new AbortController()
  const last = until.replace(/^\s*event:\s*/, '')
  const decoder = new TextDecoder()
  let timer: NodeJS.Timeout | undefined
  let ended: 'complete' | 'failed' | undefined
  let wholeAt: number | undefined
  let first: number | undefined
  let heard: number | undefined
  let longest = 0

  const parser = createParser({ onEvent: take })
  function take({ event = 'message', data }: EventSourceMessage): void {
    if (ended === 'complete') return
    const now = performance.now()
    if (event === last) {
      ended = 'complete'
      wholeAt = now
      endAfter(GRACE_MS, 'The server kept a whole stream open')
      return
    }
    if (event === 'error') ended = 'failed'
    if (!WORDS.has(event) || data === '') return
    note(now)
    first ??= now - due
    heard = now
  }
  /** How long there was nothing: until the first words, or between words. */
  function note(now: number): void {
    if (heard === undefined) {
      recorder.time('firstToken', now - due)
      return
    }
    const gap = now - heard
    recorder.time('tokenGap', gap)
    longest = Math.max(longest, gap)
    if (gap > STALL_MS) recorder.streams.stalls += 1
  }
  function endAfter(ms: number, why: string): void {
    clearTimeout(timer)
    timer = setTimeout(() => silence.abort(named('IDLE', why)), ms)
  }
  const listen = () => endAfter(maxIdle, `Nothing came for ${maxIdle} ms`)

  let opened = false
  const options: SendOptions = {
    onSent: listen,
    onStart(status) {
      if (status !== 200) return
      opened = true
      recorder.streams.started += 1
      listen()
    },
    onData(piece) {
      if (!opened || ended === 'complete') return
      listen()
      parser.feed(decoder.decode(piece, { stream: true }))
    },
    isWhole: () => ended === 'complete',
  }
  return {
    options,
    signal: AbortSignal.any([signal, silence.signal, AbortSignal.timeout(timeout)]),
    /** Ends the waiting, and counts a stream that broke off as cut. */
    close(): void {
      clearTimeout(timer)
      if (opened && (wholeAt !== undefined || !signal.aborted)) recorder.streams[ended ?? 'cut'] += 1
    },
    /** Notes the silence that nobody waits to end. */
    waited: () => note(performance.now()),
    /** Why a stream that has ended did not come to its end, if it did not. */
    missed: () => (ended === 'complete' ? undefined : ended === 'failed' ? 'stream failed' : 'stream cut'),
    /** When a stream came to its end, however much later the server ended it. */
    wholeAt: () => wholeAt,
    /** Whether a stream that came to its end was as good as it should be. */
    meets: (goals: NonNullable<Settings['goals']>): boolean =>
      (goals.firstToken === undefined || (first !== undefined && first <= goals.firstToken)) &&
      (goals.tokenGap === undefined || longest <= goals.tokenGap) &&
      (goals.responseTime === undefined || (wholeAt !== undefined && wholeAt - due <= goals.responseTime)),
  }
}

function named(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}
