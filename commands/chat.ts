import { z } from 'zod'
import { lastConversation } from './conversation.ts'
import { defineCommand, option } from './define.ts'
import { sitOut } from './sit-out.ts'

export default defineCommand({
  examples: [
    ['helix chat', 'begin a conversation'],
    ['helix chat --resume', 'show the last conversation and go on with it'],
    ['helix chat --resume 6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01', 'the same, for one that is named'],
    ["printf 'Hello\\nAnd again\\n' | helix chat", 'each line is one message'],
  ],
  description:
    'Ctrl-C stops a running reply, a second one leaves; /help lists what else can be typed. With --json each ' +
    'line of stdin is a message and each line of stdout a reply.',
  options: {
    resume: option(
      '-r, --resume [key]',
      'go on with a conversation; without a key with the last one',
      z.union([z.uuid('expected the key of a conversation'), z.literal(true)]).optional(),
    ),
    model: option('-m, --model <name>', 'model that answers', z.string().min(1).optional()),
  },
  streams: true,
  async run({ resume, model }, context) {
    const { openRepl } = await import('./chat/repl.ts')
    const now = { signal: context.signal }
    const waiting = sitOut(context, { stopped: () => now.signal, events: true })
    const { client } = await context.gateway(waiting)
    const sessionKey = resume === true ? await lastConversation(client) : resume
    await openRepl({ context, client, model, sessionKey, now })
  },
})
