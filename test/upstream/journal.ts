import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PromptUsage } from './prompt-cache.ts'

/** One request as the stub saw it; times are epoch milliseconds. */
export interface JournalEntry {
  requestId: string
  at: number
  method: string
  path: string
  headers: IncomingMessage['headers']
  /** Tells kept connections from new ones. */
  clientPort: number | undefined
  /** The parsed body; null until it arrived or when it was no JSON. */
  body: unknown
  fault: string | null
  /** Status answered, null while none is. */
  status: number | null
  /** The whole reply the stub set out to send, and its bill; null when it refused. */
  reply: string | null
  usage: (PromptUsage & { output_tokens: number }) | null
  /** When the response was wholly handed to the network, else null. */
  finishedAt: number | null
  /** When the client hung up before that, else null. */
  abortedAt: number | null
}

/** Keeps the last `limit` requests. */
export function createJournal(limit = 10_000) {
  const entries: JournalEntry[] = []
  let count = 0

  function open(request: IncomingMessage, response: ServerResponse): JournalEntry {
    count += 1
    const entry: JournalEntry = {
      requestId: `req_stub_${count}`,
      at: Date.now(),
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      clientPort: request.socket.remotePort,
      body: null,
      fault: null,
      status: null,
      reply: null,
      usage: null,
      finishedAt: null,
      abortedAt: null,
    }
    entries.push(entry)
    if (entries.length > limit) entries.shift()
    follow(entry, response)
    return entry
  }

  return { entries, open }
}

function follow(entry: JournalEntry, response: ServerResponse): void {
  response.once('finish', () => {
    entry.finishedAt = Date.now()
    entry.status = response.statusCode
  })
  response.once('close', () => {
    if (response.headersSent) entry.status = response.statusCode
    if (entry.finishedAt === null && entry.fault !== 'reset') entry.abortedAt = Date.now()
  })
}
