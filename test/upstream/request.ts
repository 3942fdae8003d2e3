import type { IncomingMessage } from 'node:http'

const MAX_BODY_BYTES = 32 * 1024 * 1024

/** A text block as the stub takes them: Helix sends no other kind. */
export interface TextBlock {
  type: 'text'
  text: string
  cache_control?: { type: 'ephemeral'; ttl?: '5m' | '1h' }
}

/** The part of a Messages API request that the stub understands. */
export interface MessagesBody {
  model: string
  max_tokens: number
  stream?: boolean
  system?: string | TextBlock[]
  messages: { role: 'user' | 'assistant'; content: string | TextBlock[] }[]
  cache_control?: TextBlock['cache_control']
  [other: string]: unknown
}

/** Reads a whole request body. @throws RangeError beyond 32 MB, as Claude's own limit */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) throw new RangeError('request exceeds the maximum size')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Every block of a prompt in the order Claude caches it: system first, then the messages. */
export function promptBlocks(body: MessagesBody): (TextBlock & { role: string })[] {
  const system = blocksOf(body.system ?? []).map((block) => ({ ...block, role: 'system' }))
  return [
    ...system,
    ...body.messages.flatMap(({ role, content }) => blocksOf(content).map((block) => ({ ...block, role }))),
  ]
}

/** The text of the last message. */
export function lastText(body: MessagesBody): string {
  return blocksOf(body.messages.at(-1)?.content ?? [])
    .map(({ text }) => text)
    .join('')
}

/** Content in its long form: a plain string is one text block. */
export function blocksOf(content: string | TextBlock[]): TextBlock[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content
}

/** Whether Helix asks for a conversation's title, in the background. */
export function asksForTitle(body: MessagesBody): boolean {
  return blocksOf(body.system ?? []).some(({ text }) => text.startsWith('Write a title'))
}
