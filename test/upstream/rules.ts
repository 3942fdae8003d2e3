import type { IncomingHttpHeaders } from 'node:http'
import { blocksOf, type MessagesBody, promptBlocks, type TextBlock } from './request.ts'

export interface Refusal {
  status: number
  type: string
  message: string
}

const VERSION = '2026-10-21'
const MAX_BREAKPOINTS = 4
const KNOWN_KEYS = new Set([
  ...['model', 'max_tokens', 'messages', 'system', 'stream', 'stop_sequences', 'tools', 'tool_choice'],
  ...['thinking', 'output_config', 'cache_control', 'service_tier', 'speed', 'inference_geo'],
  ...['diagnostics', 'metadata', 'container', 'workspace_id'],
])

/** The documented rules about headers, in the order Claude checks them; null when all are kept. */
export function headerRefusal(headers: IncomingHttpHeaders, apiKey: string | undefined): Refusal | null {
  const token = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1]
  if (!token || (apiKey !== undefined && token !== apiKey)) {
    return { status: 401, type: 'authentication_error', message: 'invalid bearer token' }
  }
  if (headers['anthropic-version'] !== VERSION) return invalid(`anthropic-version: expected ${VERSION}`)
  if (!headers['content-type']?.startsWith('application/json')) return invalid('content-type: expected JSON')
  return null
}

/** The documented rules about the body; null when all are kept. */
export function bodyRefusal(body: unknown): Refusal | null {
  if (typeof body !== 'object' || body === null) return invalid('expected a JSON object')
  const request = body as MessagesBody
  const problem = [parameterProblem, messagesProblem, cacheProblem].map((rule) => rule(request)).find(Boolean)
  return problem ? invalid(problem) : null
}

function invalid(message: string): Refusal {
  return { status: 400, type: 'invalid_request_error', message }
}

function parameterProblem(body: MessagesBody): string | null {
  const sampling = ['temperature', 'top_p', 'top_k'].find((key) => key in body)
  if (sampling) return `${sampling}: not supported in ${VERSION}`
  const unknown = Object.keys(body).find((key) => !KNOWN_KEYS.has(key))
  if (unknown) return `${unknown}: extra inputs are not permitted`
  if (typeof body.model !== 'string' || body.model === '') return 'model: field required'
  if (!Number.isSafeInteger(body.max_tokens) || body.max_tokens < 1) return 'max_tokens: field required'
  const userId = (body.metadata as { user_id?: string } | undefined)?.user_id
  if (userId?.includes('@')) return 'metadata.user_id: looks like an email address'
  return null
}

function messagesProblem({ messages, system }: MessagesBody): string | null {
  if (!Array.isArray(messages) || messages.length === 0) return 'messages: at least one message is required'
  if (messages[0]?.role !== 'user') return 'messages: first message must use the user role'
  if (messages.at(-1)?.role !== 'user') return 'messages: the last message must use the user role'
  const repeated = messages.findIndex(({ role }, index) => index > 0 && role === messages[index - 1]?.role)
  if (repeated > 0) return `messages.${repeated}: roles must alternate`
  const contents = [system ?? 'none', ...messages.map(({ content }) => content)]
  return contents.every(isText) ? null : 'text content blocks must be non-empty text'
}

function isText(content: string | TextBlock[]): boolean {
  const blocks = blocksOf(content)
  return blocks.length > 0 && blocks.every(({ type, text }) => type === 'text' && text?.trim())
}

function cacheProblem(body: MessagesBody): string | null {
  const marks = promptBlocks(body).flatMap(({ cache_control }) => cache_control ?? [])
  if (body.cache_control) marks.push(body.cache_control)
  if (marks.length > MAX_BREAKPOINTS) {
    return `a maximum of ${MAX_BREAKPOINTS} blocks with cache_control may be provided, found ${marks.length}`
  }
  const firstShort = marks.findIndex(({ ttl }) => ttl !== '1h')
  const lateLong = marks.findIndex(({ ttl }, index) => ttl === '1h' && index > firstShort)
  return firstShort >= 0 && lateLong > 0 ? 'a ttl of 1h must not come after a ttl of 5m' : null
}
