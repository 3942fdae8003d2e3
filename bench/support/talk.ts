import type { Dispatcher } from 'undici'
import { MODEL, REPLY } from './upstream.ts'

type Call = Pick<Dispatcher.RequestOptions, 'path' | 'method' | 'headers' | 'body'>

/** A conversation, call by call: the same words whichever way they go. */
export interface Talk {
  /** The next message, as a request that the other side answers in one piece or as a stream. */
  next(): Call
  /** Takes in the answer to it, in one piece. */
  heard(answer: string): void
}

const QUESTION = 'Tell me about the weather in Lyon, and what to wear for a walk along the river.'
const JSON_TYPE = { 'content-type': 'application/json' }

/** A talk through Helix: it keeps what was said, so only what is new is sent. */
export function helixTalk(token: string, { stream = false } = {}): Talk {
  const accept = stream ? 'text/event-stream' : 'application/json'
  const headers = { ...JSON_TYPE, accept, authorization: `Bearer ${token}` }
  let sessionKey: string | undefined
  return {
    next: () => ({
      path: '/api/chat/message',
      method: 'POST',
      headers,
      body: JSON.stringify({ message: QUESTION, sessionKey, clientMessageId: crypto.randomUUID() }),
    }),
    heard(answer) {
      sessionKey = /"sessionKey":"([^"]+)"/.exec(answer)?.[1]
      if (!answer.includes('"status":"complete"'))
        throw new Error(`Not a whole reply: ${answer.slice(0, 500)}`)
    },
  }
}

/** A talk in Claude's own words, to the upstream itself or to a proxy: all that was said goes along each time. */
export function messagesTalk(given: Record<string, string> = {}, { stream = false } = {}): Talk {
  const headers = { ...JSON_TYPE, 'anthropic-version': '2023-06-01', 'x-api-key': 'no-key-needed', ...given }
  const messages: { role: string; content: string }[] = []
  return {
    next() {
      messages.push({ role: 'user', content: QUESTION })
      const body = JSON.stringify({ model: MODEL, max_tokens: 1024, stream, messages })
      return { path: '/v1/messages', method: 'POST', headers, body }
    },
    heard(answer) {
      if (!answer.includes(stream ? 'message_stop' : REPLY))
        throw new Error(`Not a whole reply: ${answer.slice(0, 500)}`)
      messages.push({ role: 'assistant', content: REPLY })
    },
  }
}
