import type { Client } from '../../src/client/client.ts'
import { followReply, type Reply } from '../../src/client/follow.ts'
import type { Message, Usage } from '../../src/contract/chat.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import type { Context } from '../context.ts'
import { createPrinter } from '../printer.ts'

/** How much of a conversation is shown when it is taken up again. */
const SHOWN_MESSAGES = 50

/** One conversation at a time, with what it has cost since this chat began. */
export interface Talk {
  sessionKey: string | undefined
  readonly spent: readonly Usage[]
  /** Sends a message and prints the reply as it comes; `stop` stops it. */
  send(message: string, stop: AbortSignal): Promise<Reply>
  /** Shows a stored conversation, follows a reply that still runs there, and goes on with it. */
  resume(sessionKey: string, stop: AbortSignal): Promise<void>
}

/** Begins a talk; nothing is sent yet. */
export function createTalk(deps: { context: Context; client: Client; model: string | undefined }): Talk {
  const { context, client, model } = deps
  const spent: Usage[] = []
  let saidSimulated = false

  async function follow(target: Parameters<Client['stream']>[0], stop: AbortSignal): Promise<Reply> {
    const printer = createPrinter(context)
    try {
      const reply = await followReply(client, target, { ...printer, onStart: began }, stop)
      spent.push(reply.usage)
      return reply
    } finally {
      printer.end()
    }
  }

  function began({ sessionKey }: { sessionKey: string }): void {
    talk.sessionKey = sessionKey
  }

  const talk: Talk = {
    sessionKey: undefined,
    spent,
    async send(message, stop) {
      const { sessionKey } = talk
      const request = { message, ...(sessionKey ? { sessionKey } : {}), ...(model ? { model } : {}) }
      const reply = await follow(request, stop)
      if (reply.message.status === 'stopped') context.note('Stopped.')
      if (reply.usage.simulated && !saidSimulated) context.note('Simulated reply: no Claude key is set.')
      saidSimulated ||= reply.usage.simulated
      return reply
    },
    async resume(sessionKey, stop) {
      const { messages } = await client.messages(sessionKey, { limit: SHOWN_MESSAGES })
      talk.sessionKey = sessionKey
      const running = messages.at(-1)?.status === 'streaming' ? messages.at(-1) : undefined
      for (const message of messages) if (message !== running) showMessage(message, context)
      if (running?.generationId) await follow({ generationId: running.generationId }, stop)
    },
  }
  return talk
}

function showMessage({ role, content, status }: Message, { stdout, colour, note }: Context): void {
  const text = safeText(content)
  stdout.write(role === 'user' ? `${colour.cyan('›')} ${colour.bold(text)}\n` : `${text}\n`)
  if (status !== 'complete' && role === 'assistant') note(`(${status})`)
}
