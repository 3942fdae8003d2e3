import { Agent, type Dispatcher, request } from 'undici'
import type { WebhookAddress } from './address.ts'
import { createBreaker } from './breaker.ts'
import { answerFailure, connectionFailure, DiscordFailure } from './failure.ts'
import { multipart, type PostFile } from './multipart.ts'
import { createPacer, type Pace, type Pacer } from './pacer.ts'

/** How long an answer is waited for, in ms. Shorter than the lease under which a post is sent. */
export const ANSWER_MS = 10_000
const USER_AGENT = 'DiscordBot (https://github.com/helix, 1)'

/** What goes into one message; nobody is ever called by it. */
export interface Post {
  embeds: readonly Record<string, unknown>[]
  files: readonly PostFile[]
}

/** A message that Discord has. */
export interface Posted {
  messageId: string
  channelId: string
}

/** A message as it is found in a channel. */
interface FoundMessage {
  id: string
  webhookId: string | null
  fileNames: string[]
}

/** Speaks to Discord within its limits. What it throws is a DiscordFailure, or the signal's reason. */
export interface Sender {
  /** Posts once, when it is the webhook's turn; `make` is asked only then, for what is newest. */
  post(address: WebhookAddress, make: () => Promise<Post>, signal: AbortSignal): Promise<Posted>
  /** The Discord channel a webhook posts to. */
  channelOf(address: WebhookAddress, signal: AbortSignal): Promise<string>
  /** The first messages of a channel after one, at most 100; the last ones, without `after`. Needs a bot. */
  messages(
    api: string,
    channel: { id: string; after?: string | undefined; botToken: string },
    signal: AbortSignal,
  ): Promise<FoundMessage[]>
  close(): Promise<void>
}

interface Asked {
  method: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: Buffer
}

export function createSender({
  pace,
  answerMs = ANSWER_MS,
}: {
  pace?: Pace
  answerMs?: number
} = {}): Sender {
  const dispatcher = new Agent({ connect: { timeout: answerMs } })
  const breaker = createBreaker()
  const pacers = new Map<string, Pacer>()
  const channels = new Map<string, string>()

  function pacerOf(key: string): Pacer {
    const pacer = pacers.get(key) ?? createPacer(pace)
    pacers.set(key, pacer)
    return pacer
  }

  /** One request and its answer, parsed. Obeys what the answer says of the time to come. */
  async function ask(url: string, asked: Asked, pacer: Pacer, signal: AbortSignal): Promise<unknown> {
    const quiet = breaker.waitMs()
    if (quiet > 0) throw new DiscordFailure('later', 'Discord refused too much of late', { retryMs: quiet })
    const limit = AbortSignal.any([signal, AbortSignal.timeout(answerMs)])
    const headers = { 'user-agent': USER_AGENT, ...asked.headers }
    const answer = await request(url, { dispatcher, ...asked, headers, signal: limit })
      .then(async ({ statusCode, headers, body }) => ({ statusCode, headers, text: await body.text() }))
      .catch((thrown) => {
        throw connectionFailure(thrown)
      })
    const body = parse(answer.text)
    const waitMs = obey(answer, body, pacer)
    if (answer.statusCode >= 300) throw answerFailure(answer.statusCode, body, waitMs)
    return body
  }

  function obey({ statusCode, headers }: Answer, body: unknown, pacer: Pacer): number {
    const header = (name: string) => headers[name]?.toString()
    breaker.note(statusCode, header('x-ratelimit-scope'))
    if (statusCode !== 429) {
      if (header('x-ratelimit-remaining') === '0') pacer.pause(toMs(header('x-ratelimit-reset-after')))
      return 0
    }
    const { retry_after: told, global } = (body ?? {}) as { retry_after?: unknown; global?: unknown }
    const ms = toMs(told ?? header('retry-after')) || 1_000
    for (const each of global === true || header('x-ratelimit-global') ? pacers.values() : [pacer])
      each.pause(ms)
    return ms
  }

  async function channelOf(address: WebhookAddress, signal: AbortSignal): Promise<string> {
    const known = channels.get(address.id)
    if (known) return known
    const pacer = pacerOf(`webhook ${address.id}`)
    const found = await pacer.turn(() => ask(urlOf(address), { method: 'GET' }, pacer, signal), signal)
    const { channel_id: channelId } = (found ?? {}) as { channel_id?: unknown }
    if (typeof channelId !== 'string') throw new DiscordFailure('later', 'This is no answer of Discord')
    channels.set(address.id, channelId)
    return channelId
  }

  return {
    channelOf,
    async post(address, make, signal) {
      const channelId = await channelOf(address, signal)
      const pacer = pacerOf(`channel ${channelId}`)
      const send = async () => {
        const { embeds, files } = await make()
        const { type, body } = multipart(
          { username: 'Helix', embeds, allowed_mentions: { parse: [] } },
          files,
        )
        const asked = { method: 'POST' as const, headers: { 'content-type': type }, body }
        return ask(url, asked, pacer, signal)
      }
      const url = `${urlOf(address)}?wait=true${address.thread ? `&thread_id=${address.thread}` : ''}`
      const answer = await pacer.turn(send, signal)
      const { id } = (answer ?? {}) as { id?: unknown }
      if (typeof id !== 'string') throw new DiscordFailure('lost', 'Discord named no message')
      return { messageId: id, channelId }
    },
    async messages(api, { id, after, botToken }, signal) {
      const pacer = pacerOf(`messages ${id}`)
      const url = `${api}/channels/${id}/messages?limit=100${after ? `&after=${after}` : ''}`
      const asked = { method: 'GET' as const, headers: { authorization: `Bot ${botToken}` } }
      const found = await pacer.turn(() => ask(url, asked, pacer, signal), signal)
      return Array.isArray(found) ? found.map(asFound).sort(byAge) : []
    },
    close: () => dispatcher.destroy(),
  }
}

type Answer = Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>

function urlOf({ api, id, token }: WebhookAddress): string {
  return `${api}/webhooks/${id}/${token}`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function toMs(seconds: unknown): number {
  const ms = Math.ceil(Number(seconds) * 1_000)
  return Number.isFinite(ms) && ms > 0 ? ms + 50 : 0
}

function asFound(message: Record<string, unknown>): FoundMessage {
  const files = Array.isArray(message.attachments) ? message.attachments : []
  return {
    id: String(message.id),
    webhookId: typeof message.webhook_id === 'string' ? message.webhook_id : null,
    fileNames: files.map(({ filename }) => String(filename)),
  }
}

function byAge(one: FoundMessage, other: FoundMessage): number {
  return one.id.length - other.id.length || (one.id < other.id ? -1 : 1)
}
