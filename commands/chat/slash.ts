import type { Client } from '../../src/client/client.ts'
import { HelixError } from '../../src/errors.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import type { Context } from '../context.ts'
import type { Talk } from './talk.ts'

/** What a slash command works on. */
export interface Desk {
  context: Context
  client: Client
  talk: Talk
  /** Ends the chat. */
  leave(): void
  /** Aborts when what runs now is to stop. */
  stop: AbortSignal
}

interface Slash {
  does: string
  run(desk: Desk, argument: string): Promise<void> | void
}

const LISTED = 10
const NANO = 1_000_000_000

const SLASHES: Record<string, Slash> = {
  help: { does: 'this list', run: ({ context }) => context.say(helpText()) },
  new: {
    does: 'begin another conversation',
    run({ talk, context }) {
      talk.sessionKey = undefined
      context.note('New conversation.')
    },
  },
  list: { does: 'recent conversations', run: list },
  resume: { does: 'go on with one: its number in /list, or its key', run: resume },
  cost: { does: 'what this chat has cost so far', run: cost },
  exit: { does: 'leave (also /quit, Ctrl-D)', run: ({ leave }) => leave() },
}

/** What people type for the same thing. */
const ALIASES: Record<string, string> = { quit: 'exit', q: 'exit' }

/** Whether a line is for the chat itself rather than a message. */
export function isSlash(line: string): boolean {
  return /^\/\w+/.test(line)
}

/** Does what a slash line says. @throws HelixError `usage` for one there is none of. */
export async function runSlash(line: string, desk: Desk): Promise<void> {
  const [typed = '', ...rest] = line.slice(1).trim().split(/\s+/)
  const name = (Object.hasOwn(ALIASES, typed) && ALIASES[typed]) || typed
  const slash = Object.hasOwn(SLASHES, name) ? SLASHES[name] : undefined
  if (!slash) throw new HelixError('usage', `No command /${name}`, { hint: '/help lists what there is.' })
  await slash.run(desk, rest.join(' '))
}

function helpText(): string {
  const lines = Object.entries(SLASHES).map(([name, { does }]) => `  /${name.padEnd(8)} ${does}`)
  return [...lines, '  A line that ends in \\ goes on in the next one. Ctrl-C stops a reply.'].join('\n')
}

async function list({ client, context, talk }: Desk): Promise<void> {
  const { conversations } = await client.conversations.list({ limit: LISTED })
  if (conversations.length === 0) context.say('No conversation yet.')
  for (const [index, { sessionKey, title, messageCount }] of conversations.entries()) {
    const mark = sessionKey === talk.sessionKey ? '*' : ' '
    context.say(
      `${mark}${String(index + 1).padStart(3)}  ${safeText(title ?? 'Untitled')}  (${messageCount})`,
    )
  }
}

async function resume({ client, talk, stop }: Desk, which: string): Promise<void> {
  if (!/^\d{0,3}$/.test(which)) return talk.resume(which, stop)
  const { conversations } = await client.conversations.list({ limit: LISTED })
  const chosen = conversations[which === '' ? 0 : Number(which) - 1]
  if (!chosen)
    throw new HelixError('conversation_not_found', `No conversation ${which || 'yet'}`, {
      hint: 'See /list.',
    })
  await talk.resume(chosen.sessionKey, stop)
}

function cost({ talk, context }: Desk): void {
  const tokens = talk.spent.reduce(
    (sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens,
    0,
  )
  const known = talk.spent.every(({ costNanoUsd }) => costNanoUsd !== null)
  const nano = talk.spent.reduce((sum, { costNanoUsd }) => sum + (costNanoUsd ?? 0), 0)
  const money = `$${(nano / NANO).toFixed(4)}${known ? '' : ' and what is not priced'}`
  const simulated = talk.spent.some((usage) => usage.simulated) ? ', simulated' : ''
  context.say(`${talk.spent.length} replies, ${tokens} tokens, ${money}${simulated}`)
}
