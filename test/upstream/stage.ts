import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ReplyEvents } from './events.ts'

/** Where a reply is played: the response, its events and its tempo. */
export interface Stage {
  events: ReplyEvents
  paceMs: number
  /** False once the client has gone. */
  readonly open: boolean
  /** Writes and resolves once the bytes left, so that what follows is a chunk of its own. */
  write(data: string | Uint8Array): Promise<void>
  wait(ms: number): Promise<void>
  end(data?: string): void
  /** Breaks the connection with a TCP reset. */
  reset(): void
}

/** Sends the headers of an event stream and gives the stage to play its body on. */
export function openStage(
  response: ServerResponse,
  requestId: string,
  reply: Pick<Stage, 'events' | 'paceMs'>,
) {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'request-id': requestId,
  })
  const stage: Stage = {
    ...reply,
    get open() {
      return !gone.signal.aborted
    },
    async write(data) {
      if (stage.open) await new Promise((resolve) => response.write(data, resolve))
    },
    async wait(ms) {
      await sleep(ms, undefined, { signal: gone.signal }).catch(() => {})
    },
    end(data) {
      response.end(data)
    },
    reset() {
      response.socket?.resetAndDestroy()
    },
  }
  return stage
}

/** Plays a reply without a fault: at once, or piece by piece in its tempo. */
export async function playReply(stage: Stage): Promise<void> {
  const { head, pieces, tail } = stage.events
  if (stage.paceMs === 0) return stage.end(head + pieces.join('') + tail)
  await stage.write(head)
  for (const piece of pieces) {
    await stage.write(piece)
    await stage.wait(stage.paceMs)
  }
  stage.end(tail)
}
