import { fileURLToPath } from 'node:url'
import { type Ready, startReady } from './process.ts'

/** A token ten times a second, for half a minute. */
export const PACE_MS = 100
export const TOKENS = 300

/** Milliseconds on a clock that the processes of one machine share. */
export function now(): number {
  return performance.timeOrigin + performance.now()
}

/** Starts the paced upstream in a process of its own. */
export function startPaced(): Promise<Ready<{ url: string }>> {
  return startReady({ args: [fileURLToPath(new URL('./paced-process.ts', import.meta.url))] })
}

/** What a stream of stamped tokens came to. */
export interface Stream {
  tokens: number
  /** For each token after the first: by how much its distance to the one before changed on the way, in ms. */
  jitter: number[]
}

/**
 * Reads a body to its end. Only tokens that came while `measuring` says so count.
 * @throws Error when the body breaks off
 */
export async function readStamped(
  body: AsyncIterable<Uint8Array>,
  measuring: () => boolean,
): Promise<Stream> {
  const decoder = new TextDecoder()
  const stream: Stream = { tokens: 0, jitter: [] }
  let rest = ''
  let transit = Number.NaN
  for await (const chunk of body) {
    const arrived = now()
    const text = rest + decoder.decode(chunk, { stream: true })
    const whole = text.lastIndexOf('\n\n') + 1
    rest = text.slice(whole)
    // What came to Helix at once it passes on at once, as one piece.
    const pieces = [...text.slice(0, whole).matchAll(/"text":"((?:@[\d.]+ )+)"/g)].map(
      ([, piece = '']) => piece,
    )
    for (const [, stamp] of pieces.join('').matchAll(/@([\d.]+)/g)) {
      const took = arrived - Number(stamp)
      if (stream.tokens > 0 && measuring()) stream.jitter.push(Math.abs(took - transit))
      transit = took
      stream.tokens += 1
    }
  }
  return stream
}
