import { ping, sse, textDelta } from './events.ts'
import type { Stage } from './stage.ts'

const TICK_MS = 10
const HUGE_EVENT_CHARACTERS = 8 * 1024 * 1024

type Play = (stage: Stage) => Promise<void>

/** Faults of a reply that has begun: each plays half of it well and then does what its name says. */
export const STREAM_FAULTS = {
  'clean-end': afterHalf(async (stage) => stage.end()),
  reset: afterHalf(async (stage) => stage.reset()),
  'error-event': afterHalf(async (stage) =>
    stage.end(sse('error', { error: { type: 'overloaded_error', message: 'Overloaded' } })),
  ),
  'bad-json': afterHalf(async (stage) =>
    stage.end('event: content_block_delta\ndata: {"type":"content_bl\n\n'),
  ),
  silence: afterHalf(async () => {}),
  'ping-flood': afterHalf(async (stage) => {
    while (stage.open) {
      await stage.write(ping())
      await stage.wait(TICK_MS)
    }
  }),
  'huge-event': afterHalf(async (stage) => {
    const filler = 'x'.repeat(64 * 1024)
    await stage.write('event: content_block_delta\ndata: {"type":"content_block_delta","text":"')
    for (let sent = 0; sent < HUGE_EVENT_CHARACTERS && stage.open; sent += filler.length) {
      await stage.write(filler)
    }
    stage.end('"}\n\n')
  }),
  'unknown-events': playUnknownEvents,
  'utf8-split': (stage: Stage) => playInSlices(stage, 3),
  'slow-drip': (stage: Stage) => playInSlices(stage, 16, TICK_MS / 2),
  'surrogate-split': playSplitSurrogates,
  'no-close': async (stage: Stage) => stage.write(wholeReply(stage)),
  'empty-body': async (stage: Stage) => stage.end(),
} satisfies Record<string, Play>

function afterHalf(fault: Play): Play {
  return async (stage) => {
    const { head, pieces } = stage.events
    await stage.write(head + pieces.slice(0, Math.ceil(pieces.length / 2)).join(''))
    await stage.wait(TICK_MS)
    await fault(stage)
  }
}

/** Between the known events: types, deltas and fields of some later version, and an early running count. */
async function playUnknownEvents(stage: Stage): Promise<void> {
  const { events } = stage
  await stage.write(events.head + sse('context_note', { note: { text: 'not part of the reply' } }))
  for (const piece of events.pieces) {
    await stage.write(piece)
    await stage.write(
      sse('content_block_delta', { index: 0, delta: { type: 'aroma_delta', text: 'no text' } }),
    )
  }
  await stage.write(sse('message_delta', { delta: { stop_reason: null }, usage: { output_tokens: 3 } }))
  stage.end(`: a comment\n\n${events.tail}`)
}

async function playInSlices(stage: Stage, size: number, waitMs = 0): Promise<void> {
  const bytes = Buffer.from(wholeReply(stage))
  for (let at = 0; at < bytes.length; at += size) {
    await stage.write(bytes.subarray(at, at + size))
    if (waitMs > 0) await stage.wait(waitMs)
  }
  stage.end()
}

/** Every UTF-16 unit in a delta of its own, so that characters beyond the basic plane come in two halves. */
async function playSplitSurrogates(stage: Stage): Promise<void> {
  const { events } = stage
  const text = events.pieces.map((piece) => JSON.parse(piece.slice(piece.indexOf('{'))).delta.text).join('')
  await stage.write(events.head)
  for (let at = 0; at < text.length; at += 1) await stage.write(textDelta(text.charAt(at)))
  stage.end(events.tail)
}

function wholeReply({ events }: Stage): string {
  return events.head + events.pieces.join('') + events.tail
}
