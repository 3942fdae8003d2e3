import { typist } from '../../src/audit/actors.ts'
import type { Audit } from '../../src/audit/audit.ts'
import type { DiscordApi } from '../../src/discord/setup/api.ts'
import { NOT_AN_ADDRESS, postMessage } from '../../src/discord/setup/check.ts'
import { snowflakeTime } from '../../src/discord/setup/snowflake.ts'
import { type Target, targetsOf } from '../../src/discord/setup/targets.ts'
import { asHelixError, HelixError } from '../../src/errors.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import { defineCommand } from '../define.ts'
import { discordOf } from './api.ts'

/** What came of one message. */
interface Sent {
  channel: string
  name: string
  webhookId: string | null
  messageId: string | null
  channelId: string | null
  at: string | null
  problem: string | null
  fix: string | null
}

export default defineCommand({
  examples: [
    ['helix discord test', 'post a test message to each of the seven channels'],
    ['helix discord test --env production --json', 'through the webhooks of .env.production'],
  ],
  description:
    'The messages call nobody. Each is on the audit log before it is sent. Ends with 1 when one fails.',
  acts: ['discord.test.start'],
  async run(_input, context) {
    const config = await context.config()
    const targets = targetsOf(config)
    if (targets.every(({ from }) => from === 'none')) throw nothingSet()
    const deps = { api: discordOf(config, context), audit: await context.log().audit() }
    const channels: Sent[] = []
    for (const target of targets) channels.push(await tryOut(target, deps))
    return { channels }
  },
  view: ({ channels }, { colour }) =>
    channels
      .map(({ name, webhookId, messageId, at, problem, fix }) =>
        problem === null
          ? `${colour.green('✔')} #${name}  message ${messageId}  ${colour.dim(`${at}, webhook ${webhookId}`)}`
          : `${colour.red('✖')} #${name}  ${safeText(problem)}\n  ${fix}`,
      )
      .join('\n'),
  verdict({ channels }) {
    const failed = channels.filter(({ problem }) => problem !== null).map(({ name }) => `#${name}`)
    if (failed.length === 0) return undefined
    return new HelixError('findings', `No message arrived in ${failed.join(', ')}`, {
      hint: 'Each failed channel above says what to do.',
      next: ['helix discord status'],
      details: { failed },
    })
  },
})

async function tryOut(target: Target, { api, audit }: { api: DiscordApi; audit: Audit }): Promise<Sent> {
  const { channel, name, address, from, setBy } = target
  const nothing = { messageId: null, channelId: null, at: null }
  const about = { channel, name, webhookId: address?.id ?? null, ...nothing, problem: null, fix: null }
  if (from === 'none')
    return { ...about, problem: 'it has no webhook', fix: 'Make one: helix discord setup.' }
  if (!address) return { ...about, ...NOT_AN_ADDRESS, problem: `${setBy}: ${NOT_AN_ADDRESS.problem}` }
  const kind = 'discord.test.start'
  const data = { to: channel, webhookId: address.id }
  const entry = { channel: 'commands', kind, actor: typist(), data } as const
  const text = `A test of Helix: what belongs in #${name} arrives here.`
  const post = async () => {
    const sent = await postMessage(api, address, { content: text })
    if ('problem' in sent) throw new HelixError('discord_failed', sent.problem, { hint: sent.fix })
    return sent
  }
  try {
    const sent = await audit.act(entry, post, ({ messageId }) => ({ messageId }))
    return { ...about, ...sent, at: snowflakeTime(sent.messageId) }
  } catch (thrown) {
    const { code, message, hint = null } = asHelixError(thrown)
    if (code !== 'discord_failed') throw thrown
    return { ...about, problem: message, fix: hint }
  }
}

function nothingSet(): HelixError {
  return new HelixError('precondition_failed', 'No webhook of Discord is set', {
    hint: 'Set up the channels first.',
    next: ['helix discord setup'],
  })
}
