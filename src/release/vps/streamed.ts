import type { IncomingMessage } from 'node:http'
import { StreamProbeStart } from '../../contract/health.ts'
import type { Door } from './doors.ts'

/** What came of asking for a streamed reply. */
export type Seen =
  | { kind: 'streamed' }
  /** All of it came, but not as it was sent: something on the way holds it back. */
  | { kind: 'held'; sentMs: number; cameMs: number }
  /** Somebody else answers there: another release, one that has no such route, a page, a guard before it. */
  | { kind: 'elsewhere'; why: string }
  | { kind: 'failed'; why: string }
  /** Nobody answers there, as far as can be told from here. */
  | { kind: 'unreached'; why: string }

/** The longest all of it may take. */
const MOST_MS = 15_000
/** Of the time over which the pieces are sent, in which they must come: less is no stream, but a lump. */
const LEAST_SPREAD = 0.5

/** Asks for the streamed reply of a release, and sees when its pieces come. */
export async function askStreamed(
  door: Door,
  release: string,
  pass: string,
  signal: AbortSignal,
): Promise<Seen> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(MOST_MS)])
  const answer = await door.get(`/health/probe/${pass}`, within).catch((error: unknown) => {
    signal.throwIfAborted()
    return { why: reasonOf(error) }
  })
  if ('why' in answer) return { kind: 'unreached', why: answer.why }
  const seen = await read(answer, release).catch((error: unknown): Seen => {
    signal.throwIfAborted()
    return { kind: 'failed', why: `the reply broke off: ${reasonOf(error)}` }
  })
  answer.destroy()
  return seen
}

async function read(answer: IncomingMessage, release: string): Promise<Seen> {
  const isStream = answer.headers['content-type']?.startsWith('text/event-stream')
  const { statusCode = 0 } = answer
  if (statusCode >= 500) return { kind: 'failed', why: `it answered ${statusCode}` }
  if (statusCode !== 200 || !isStream)
    return { kind: 'elsewhere', why: `it answered ${statusCode}, no stream` }
  let sent: StreamProbeStart | undefined
  const cameAt: number[] = []
  for await (const { event, data } of eventsOf(answer)) {
    if (event === 'start') sent = StreamProbeStart.parse(data)
    if (event === 'delta') cameAt.push(performance.now())
    if (event === 'done') break
  }
  if (!sent || cameAt.length !== sent.pieces) return { kind: 'failed', why: 'the reply is not whole' }
  if (sent.release !== release) return { kind: 'elsewhere', why: `${sent.release} answers there` }
  const sentMs = (sent.pieces - 1) * sent.paceMs
  const cameMs = Math.round((cameAt.at(-1) ?? 0) - (cameAt[0] ?? 0))
  return cameMs < sentMs * LEAST_SPREAD ? { kind: 'held', sentMs, cameMs } : { kind: 'streamed' }
}

async function* eventsOf(answer: IncomingMessage) {
  let text = ''
  for await (const chunk of answer.setEncoding('utf8')) {
    text += chunk
    const whole = text.split('\n\n')
    text = whole.pop() ?? ''
    for (const lines of whole) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(lines)?.[1]
      const data = field('data')
      if (data !== undefined) yield { event: field('event'), data: JSON.parse(data) as unknown }
    }
  }
}

function reasonOf(error: unknown): string {
  if ((error as Error).name === 'TimeoutError') return `nothing within ${MOST_MS / 1_000} s`
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}
