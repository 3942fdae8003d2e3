import type { Message, Usage } from '../contract/chat.ts'
import type { Client } from './client.ts'
import { problemError } from './failure.ts'
import type { StreamTarget } from './stream.ts'

/** How long a stopped reply may take to confirm before we stop waiting for it. */
const STOP_WAIT_MS = 3_000

/** Where a followed reply goes while it comes. */
export interface ReplyReader {
  /** The reply has a place: its conversation and its generation. */
  onStart?(start: { sessionKey: string; generationId: string }): void
  /** More text. */
  onText(text: string): void
  /** What came before does not hold: the reply so far is `text`. */
  onReplace(text: string): void
  /** The connection was lost and is being taken up again. */
  onReconnect?(attempt: number): void
}

/** A reply that ended as its writer meant it to: complete, or stopped. */
export interface Reply {
  message: Message
  usage: Usage
}

/**
 * Follows one reply to its end. `stop` stops the reply at the gateway, then waits shortly for its last words.
 * @throws HelixError with the code of a reply that failed, its partial message in `details.message`; the reason of
 * `stop` when the gateway did not confirm.
 */
export async function followReply(
  client: Pick<Client, 'stream' | 'stop'>,
  target: StreamTarget,
  reader: ReplyReader,
  stop: AbortSignal,
): Promise<Reply> {
  const giveUp = new AbortController()
  const stopping = whenStopped(client, stop, giveUp)
  if ('generationId' in target) stopping.started(target.generationId)
  const { onReconnect } = reader
  let anyText = false
  try {
    for await (const event of client.stream(target, {
      signal: giveUp.signal,
      ...(onReconnect ? { onReconnect: (attempt) => onReconnect(attempt) } : {}),
    })) {
      if (event.event === 'start') {
        stopping.started(event.data.generationId)
        reader.onStart?.(event.data)
      } else if (event.event === 'delta') {
        reader.onText(event.data.text)
        anyText = true
      } else if (event.event === 'snapshot') {
        if (anyText) reader.onReplace(event.data.text)
        else reader.onText(event.data.text)
        anyText = true
      } else if (event.event === 'done') return event.data
      else if (event.event === 'error') throw problemError(event.data, 'upstream_failed')
    }
  } finally {
    stopping.end()
  }
  throw problemError({ title: 'The reply ended without an end' }, 'interrupted')
}

// Stops the reply once both are there: the wish, and the id to stop.
function whenStopped(client: Pick<Client, 'stop'>, stop: AbortSignal, giveUp: AbortController) {
  let generationId: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const send = () => {
    if (generationId !== undefined) client.stop(generationId).catch((error: unknown) => giveUp.abort(error))
  }
  const wish = () => {
    timer = setTimeout(() => giveUp.abort(stop.reason), STOP_WAIT_MS)
    send()
  }
  if (stop.aborted) wish()
  else stop.addEventListener('abort', wish, { once: true })
  return {
    started(id: string): void {
      const isNew = generationId === undefined
      generationId = id
      if (isNew && stop.aborted) send()
    },
    end(): void {
      clearTimeout(timer)
      stop.removeEventListener('abort', wish)
    },
  }
}
