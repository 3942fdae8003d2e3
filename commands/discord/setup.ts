import { z } from 'zod'
import type { Config } from '../../src/config/config.ts'
import { whereIsBot } from '../../src/discord/setup/look.ts'
import { targetsOf } from '../../src/discord/setup/targets.ts'
import { HelixError } from '../../src/errors.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import type { Context } from '../context.ts'
import { defineCommand, option } from '../define.ts'
import { discordOf } from './api.ts'
import { setUpByBot, showByBot } from './by-bot.ts'
import { byHandVerdict, setUpByHand, showByHand } from './by-hand.ts'
import { showStandings, standings, standingsVerdict } from './standing.ts'

export default defineCommand({
  examples: [
    ['helix discord setup --guild 1234567890123456789 --dry-run', 'say what is missing on a server'],
    [
      'helix discord setup --guild 1234567890123456789 --env production',
      'make it, and write .env.production',
    ],
    ['helix discord setup --webhooks-stdin < webhooks.txt', 'take webhooks made by hand, and check them'],
  ],
  description:
    'Makes the category Helix with seven channels hidden from @everyone and a webhook in each, and writes the ' +
    'webhooks to .env.<env>. What is there is used as it is; run twice it changes nothing. Needs a bot: its token ' +
    'in DISCORD_BOT_TOKEN, its permissions MANAGE_CHANNELS, MANAGE_WEBHOOKS and VIEW_CHANNEL. Without one give ' +
    '--webhooks-stdin lines like commands=<address>; channels are commands, api, heartbeat, file-changes, ' +
    'consciousness, alerts, hash-chain, or all. docs/discord.md goes through both.',
  options: {
    guild: option(
      '--guild <id>',
      'the server, by its id',
      z
        .string()
        .regex(/^\d{15,22}$/, 'the id of a server is a number of about 19 digits')
        .optional(),
    ),
    webhooksStdin: option('--webhooks-stdin', 'read webhooks from stdin', z.boolean().default(false)),
  },
  acts: ['discord.channel.create.start', 'discord.webhook.create.start', 'file.write.start'],
  dryRun: true,
  async run({ guild, webhooksStdin }, context) {
    const config = await context.config()
    if (webhooksStdin) return setUpByHand(config, context)
    if (config.discord.botToken === undefined) {
      if (targetsOf(config).every(({ from }) => from === 'none')) throw noBot(config.env)
      return { by: 'configuration' as const, channels: await standings(config, context) }
    }
    if (guild === undefined) throw await noGuild(config, context)
    return setUpByBot(guild, config, context)
  },
  view(result, context) {
    if (result.by === 'bot') return showByBot(result, context)
    if (result.by === 'hand') return showByHand(result, context)
    return `${showStandings(result.channels, context)}\nThere is no bot, so the webhooks that are set were checked.`
  },
  verdict(result) {
    if (result.by === 'hand') return byHandVerdict(result)
    return result.by === 'configuration' ? standingsVerdict(result.channels) : undefined
  },
})

function noBot(env: string): HelixError {
  return new HelixError('precondition_failed', 'There is no bot: DISCORD_BOT_TOKEN is not set', {
    hint:
      'Make an application at https://discord.com/developers/applications, take the token of its Bot page and set ' +
      `DISCORD_BOT_TOKEN (in .env.${env}, never on the command line). Or make a webhook in each channel by hand and ` +
      'give them to helix discord setup --webhooks-stdin.',
    next: ['helix discord setup --webhooks-stdin'],
  })
}

async function noGuild(config: Config, context: Context): Promise<HelixError> {
  const { guilds, invite } = await whereIsBot(discordOf(config, context))
  const list = guilds.map(({ id, name }) => `${id} (${safeText(name)})`).join(', ')
  const hint =
    list === ''
      ? `The bot is in no server yet; let it in: ${invite}`
      : `Give --guild <id>; the bot is in ${list}.`
  return new HelixError('usage', 'Which server?', { hint, details: { flag: '--guild', guilds, invite } })
}
