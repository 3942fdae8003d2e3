import type { MessagePage, SendRequest, SendResponse } from '../contract/chat.ts'
import type { ReplyEvent } from '../contract/events.ts'
import type { FeedEvent } from '../contract/feed.ts'
import type { Health, PublicConfig } from '../contract/health.ts'
import type { Problem } from '../contract/problem.ts'
import type { SearchPage } from '../contract/search.ts'
import type { PublicStatus } from '../contract/status.ts'
import { type Account, createAccount } from './account.ts'
import { type Admin, createAdmin } from './admin.ts'
import {
  type Conversations,
  createConversations,
  fetchMessages,
  type MessagePlace,
  type Page,
} from './conversations.ts'
import { type FollowOptions, followFeed } from './events.ts'
import { problemError } from './failure.ts'
import { type Connection, createHttp, type Http } from './http.ts'
import { asQuery } from './query.ts'
import { backOff, isPassing, nobodyThere } from './retry.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { createSignin, type Signin } from './signin.ts'
import { fetchStatus } from './status.ts'
import { type StreamOptions, type StreamTarget, streamReply } from './stream.ts'
import { createTokens, type Tokens } from './tokens.ts'

const SEND_ATTEMPTS = 3

/**
 * The one client of the gateway: terminal, page, desktop and checks all use it. Every method throws HelixError
 * with the code the gateway named, or `gateway_unreachable`.
 */
export interface Client {
  /** Origin of the gateway. */
  readonly url: string
  /** How the gateway is; also resolves where it answers 503 because it is down. */
  health(): Promise<Health>
  publicConfig(): Promise<PublicConfig>
  /** How Helix is and was; nobody has to be signed in. */
  status(signal?: AbortSignal): Promise<PublicStatus>
  /** Sends a message and waits for the whole reply; safe to repeat, since the message carries its own id. */
  send(request: SendRequest, options?: { signal?: AbortSignal }): Promise<SendResponse>
  /** Sends a message, or attaches to a reply, and yields its events; see `streamReply`. */
  stream(target: StreamTarget, options?: StreamOptions): AsyncGenerator<ReplyEvent, void>
  /** Yields what changes for the person on any device, across lost connections; see `followFeed`. */
  events(options?: FollowOptions): AsyncGenerator<FeedEvent, void>
  /** Stops a reply at the gateway; what was written stays. */
  stop(generationId: string): Promise<void>
  conversations: Conversations
  messages(sessionKey: string, page?: MessagePlace): Promise<MessagePage>
  /** What words find in one's own messages, newest first. */
  search(words: string, page?: Page): Promise<SearchPage>
  signin: Signin
  tokens: Tokens
  account: Account
  /** For the creator of this Helix alone. */
  admin: Admin
  sessions: Sessions
  /** For routes that have no method here yet. */
  http: Http
}

/** Makes a client of one gateway. Network access is the `fetch` given: the platform's, or one over a socket. */
export function createClient(connection: Connection): Client {
  const http = createHttp(connection)
  let known: Promise<PublicConfig> | undefined
  const publicConfig = () => http.json<PublicConfig>('/config.json')
  return {
    url: http.url,
    health: () => fetchHealth(http),
    publicConfig,
    status: (signal) => fetchStatus(http, signal),
    send: (request, { signal } = {}) => send(http, request, signal),
    stream: (target, options) => streamReply(http, target, options),
    events: (options) => followFeed(http, options),
    async stop(generationId) {
      await http.json(`/api/generations/${encodeURIComponent(generationId)}/stop`, { method: 'POST' })
    },
    conversations: createConversations(http),
    messages: (sessionKey, page) => fetchMessages(http, sessionKey, page),
    search: (q, page = {}) => http.json(`/api/search${asQuery({ q, ...page })}`),
    signin: createSignin(connection, () => {
      known ??= publicConfig().catch((error: unknown) => {
        known = undefined
        throw error
      })
      return known
    }),
    tokens: createTokens(http),
    account: createAccount(http),
    admin: createAdmin(http),
    sessions: createSessions(http),
    http,
  }
}

async function fetchHealth(http: Http): Promise<Health> {
  const answer = await http.json<unknown>('/health', { alsoOk: 503 })
  const record = typeof answer === 'object' && answer !== null ? answer : {}
  if ('checks' in record) return record as Health
  throw problemError(record as Partial<Problem>, 'gateway_unreachable')
}

async function send(
  http: Http,
  request: SendRequest,
  signal: AbortSignal | undefined,
): Promise<SendResponse> {
  const body = { ...request, clientMessageId: request.clientMessageId ?? crypto.randomUUID() }
  for (let attempt = 1; ; attempt++) {
    try {
      return await http.json<SendResponse>('/api/chat/message', { method: 'POST', body, signal })
    } catch (error) {
      if (!isPassing(error) || nobodyThere(error) || attempt >= SEND_ATTEMPTS) throw error
      await backOff(attempt, signal)
    }
  }
}
