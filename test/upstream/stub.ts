import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Behaviour, markedBehaviour } from './behaviour.ts'
import { replyEvents } from './events.ts'
import { STREAM_FAULTS } from './faults.ts'
import { createJournal, type JournalEntry } from './journal.ts'
import { createPromptCache } from './prompt-cache.ts'
import { CONNECTION_FAULTS, refuse, STATUS_FAULTS } from './refusals.ts'
import { replyPieces } from './reply-text.ts'
import { asksForTitle, lastText, type MessagesBody, readBody } from './request.ts'
import { bodyRefusal, headerRefusal } from './rules.ts'
import { openStage, playReply } from './stage.ts'

export interface StubOptions {
  port?: number
  /** The one key taken; any when absent. */
  apiKey?: string
  /** The shortest prefix cached, in the stub's tokens. */
  cacheMinimumTokens?: number
  /** What holds unless a request's markers or `behave` say otherwise. */
  defaults?: Behaviour
  /** Decides per request, before the markers in its last text do. */
  behave?: (request: { body: MessagesBody; attempt: number }) => Behaviour | undefined
  /** Requests the journal keeps, oldest dropped. */
  journalLimit?: number
}

/** A local server that speaks the Messages API of 2026-10-21, strictly, and fails as it is told to. */
export interface StubClaude {
  url: string
  /** Every request so far, oldest first. */
  requests: readonly JournalEntry[]
  /** Connections are refused until `listen`. */
  refuse(): Promise<void>
  listen(): Promise<void>
  close(): Promise<void>
}

/** Starts a stub on 127.0.0.1; on a free port unless one is given. */
export async function startStubClaude(options: StubOptions = {}): Promise<StubClaude> {
  const journal = createJournal(options.journalLimit)
  const answer = createAnswer(options)
  const server = createServer((request, response) => {
    if (request.url === '/__journal') {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ requests: journal.entries }))
      return
    }
    answer(request, response, journal.open(request, response)).catch((error) => response.destroy(error))
  })
  const listen = (port: number) => once(server.listen(port, '127.0.0.1'), 'listening')
  await listen(options.port ?? 0)
  const { port } = server.address() as AddressInfo
  const close = async () => {
    if (!server.listening) return
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  return {
    url: `http://127.0.0.1:${port}`,
    requests: journal.entries,
    refuse: close,
    listen: async () => void (await listen(port)),
    close,
  }
}

function createAnswer({ apiKey, cacheMinimumTokens = 1024, defaults, behave }: StubOptions) {
  const account = createPromptCache(cacheMinimumTokens)
  const attempts = new Map<string, number>()

  function attemptAt(text: string): number {
    const key = createHash('sha256').update(text).digest('base64')
    const attempt = (attempts.get(key) ?? 0) + 1
    attempts.set(key, attempt)
    return attempt
  }

  return async function answer(request: IncomingMessage, response: ServerResponse, entry: JournalEntry) {
    const raw = await readBody(request)
    const path = request.url?.split('?')[0]
    const body = parse(raw)
    entry.body = body
    const refusal =
      request.method !== 'POST' || path !== '/v1/messages'
        ? { status: 404, type: 'not_found_error', message: 'no such route' }
        : (headerRefusal(request.headers, apiKey) ?? bodyRefusal(body))
    if (refusal) return refuse(response, refusal, refusal.message, entry.requestId)

    const message = body as MessagesBody
    const attempt = attemptAt(raw)
    const behaviour = {
      ...defaults,
      // The transcript that a title is made of quotes markers meant for the reply.
      ...(asksForTitle(message) ? {} : markedBehaviour(lastText(message))),
      ...behave?.({ body: message, attempt }),
    }
    const fault = attempt <= (behaviour.times ?? Infinity) ? behaviour.fault : undefined
    entry.fault = fault ?? null
    if (behaviour.waitMs) await sleep(behaviour.waitMs)
    if (isKeyOf(CONNECTION_FAULTS, fault)) return CONNECTION_FAULTS[fault](response)
    if (isKeyOf(STATUS_FAULTS, fault)) {
      // As Claude's own texts may, this one quotes the prompt: nobody should pass it on.
      return refuse(response, STATUS_FAULTS[fault], `refused: ${lastText(message)}`, entry.requestId)
    }
    const { pieces, stopReason } = replyPieces(message, behaviour)
    const promptUsage = account(message)
    entry.usage = { ...promptUsage, output_tokens: pieces.length }
    entry.reply = pieces.join('')
    const facts = { id: entry.requestId.replace('req', 'msg'), model: message.model, pieces, stopReason }
    const stage = openStage(response, entry.requestId, {
      events: replyEvents({ ...facts, promptUsage }),
      paceMs: behaviour.paceMs ?? 0,
    })
    await (fault ? STREAM_FAULTS[fault](stage) : playReply(stage))
  }
}

function isKeyOf<Table extends object>(table: Table, key: string | undefined): key is keyof Table & string {
  return key !== undefined && Object.hasOwn(table, key)
}

function parse(raw: string): unknown {
  try {
    return JSON.parse(raw)
  } catch {
    return null
  }
}
