import { z } from 'zod'
import { followReply } from '../src/client/follow.ts'
import type { SendResponse } from '../src/contract/chat.ts'
import { HelixError } from '../src/errors.ts'
import { lastConversation } from './conversation.ts'
import { argument, defineCommand, option } from './define.ts'
import { createPrinter } from './printer.ts'
import { readQuestion } from './question.ts'
import { sitOut } from './sit-out.ts'

export default defineCommand({
  examples: [
    ['helix ask "Which port does PostgreSQL use?"', 'one question, one answer'],
    ['git diff | helix ask "Write a commit message"', 'what comes on stdin is part of the question'],
    ['helix ask --continue "And the second one?"', 'go on with the last conversation'],
    ['helix ask --json "Hello" | jq -r .data.content', 'for scripts'],
  ],
  description: 'Streams the answer to stdout as it comes. Ctrl-C stops the answer at the gateway.',
  arguments: {
    text: argument(
      '[text...]',
      'the question; `-` stands for what comes on stdin',
      z.array(z.string()).default([]),
    ),
  },
  options: {
    sessionKey: option('--session, --session-key <key>', 'conversation to go on with', z.uuid().optional()),
    continueLast: option('-c, --continue', 'go on with the last conversation', z.boolean().default(false)),
    model: option('-m, --model <name>', 'model that answers', z.string().min(1).optional()),
  },
  async run({ text, sessionKey, continueLast, model }, context): Promise<SendResponse> {
    const message = await readQuestion(text, context)
    const { client } = await context.gateway(sitOut(context))
    const key = sessionKey ?? (continueLast ? await lastConversation(client) : undefined)
    const reader = createPrinter(context)
    try {
      const { message: reply, usage } = await followReply(
        client,
        { message, ...(key ? { sessionKey: key } : {}), ...(model ? { model } : {}) },
        reader,
        context.signal,
      )
      reader.end()
      if (usage.simulated) context.note('Simulated reply: no Claude key is set.')
      return {
        role: 'assistant',
        content: reply.content,
        sessionKey: reply.sessionKey,
        message: reply,
        usage,
      }
    } catch (error) {
      reader.end()
      throw error
    }
  },
  verdict: ({ message }) =>
    message.status === 'stopped'
      ? new HelixError('stopped', 'The reply was stopped before its end', {
          hint: 'Ask again for a whole one.',
        })
      : undefined,
})
