import { z } from 'zod'
import type { Config } from '../../src/config/config.ts'
import { targetsOf } from '../../src/discord/setup/targets.ts'
import { HelixError } from '../../src/errors.ts'
import { defineCommand, option } from '../define.ts'
import { setUpByBot, showByBot } from './by-bot.ts'
import { byHandVerdict, setUpByHand, showByHand } from './by-hand.ts'

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
  dryRun: true,
  async run({ guild, webhooksStdin }, context) {
    const config = await context.config()
    if (webhooksStdin) return setUpByHand(config, context)
    if (config.discord.botToken === undefined) throw noBot(config)
    if (guild === undefined) throw noGuild()
    return setUpByBot(guild, config, context)
  },
  view: (result, context) => (result.by === 'bot' ? showByBot(result, context) : showByHand(result, context)),
  verdict: (result) => (result.by === 'hand' ? byHandVerdict(result) : undefined),
})

function noBot(config: Config): HelixError {
  const set = targetsOf(config).filter(({ from }) => from !== 'none').length
  const there = set === 0 ? '' : ` Webhooks are set for ${set} channels; helix discord status checks them.`
  return new HelixError('precondition_failed', 'There is no bot: DISCORD_BOT_TOKEN is not set', {
    hint:
      'Make an application at https://discord.com/developers/applications, take the token of its Bot page and set ' +
      `DISCORD_BOT_TOKEN (in .env.${config.env}, never on the command line). Or make a webhook in each channel by ` +
      `hand and give them to helix discord setup --webhooks-stdin.${there}`,
    next: ['helix discord setup --webhooks-stdin', 'helix discord status'],
  })
}

function noGuild(): HelixError {
  return new HelixError('usage', 'Which server?', {
    hint: 'Give --guild <id>: in Discord turn on Settings → Advanced → Developer Mode, then right-click the server → Copy Server ID.',
    details: { flag: '--guild' },
  })
}
