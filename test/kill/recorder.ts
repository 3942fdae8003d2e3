import { randomUUID } from 'node:crypto'
import { readEvents, shownText, type WireEvent } from '../support/events.ts'

/** What one send came to, as its sender saw it. */
export interface Sent {
  marker: string
  clientMessageId: string
  sessionKey: string
  /** The start event's ids, once the gateway acknowledged the message. */
  acknowledged: { userMessageId: string; messageId: string; generationId: string } | undefined
  shown: string
  terminal: WireEvent | undefined
}

/** Someone who keeps sending messages, one after the other, into conversations of their own. */
export function createSender(name: string, token: string) {
  const sent: Sent[] = []
  let sessionKey = randomUUID()

  async function send(url: string, again?: Sent): Promise<void> {
    const marker = `${name}-${sent.length}`
    const one: Sent = again ?? {
      marker,
      clientMessageId: randomUUID(),
      sessionKey,
      acknowledged: undefined,
      shown: '',
      terminal: undefined,
    }
    if (!again) sent.push(one)
    const response = await fetch(`${url}/api/chat/message`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'text/event-stream',
      },
      body: JSON.stringify({
        message: `${one.marker} [[words:40]] [[pace:8]]`,
        sessionKey: one.sessionKey,
        clientMessageId: one.clientMessageId,
      }),
    })
    if (!response.ok) {
      // Refused outright: nothing of it may be stored, and nobody waits for it.
      if (!again) sent.pop()
      throw new Error(`${response.status} ${await response.text()}`)
    }
    const seen: WireEvent[] = []
    try {
      await readEvents(response, (event) => {
        seen.push(event)
        return false
      })
    } finally {
      note(one, seen)
    }
  }

  return {
    sent,
    token,
    send,
    /** Sends until `signal` aborts or the gateway is gone; a conversation that is still busy is left for a new one. */
    async keepSending(url: string, signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        try {
          await send(url)
        } catch {
          sessionKey = randomUUID()
          if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 100))
        }
      }
    },
  }
}

export type Sender = ReturnType<typeof createSender>

function note(one: Sent, events: WireEvent[]): void {
  const start = events.find(({ event }) => event === 'start')?.data
  if (start?.userMessageId && start.messageId && start.generationId) {
    const { userMessageId, messageId, generationId } = start
    one.acknowledged = { userMessageId, messageId, generationId }
  }
  one.shown = shownText(events)
  one.terminal = events.find(({ event }) => event === 'done' || event === 'error')
}
