import { defineCommand } from '../define.ts'
import { showStandings, standings, standingsVerdict } from './standing.ts'

export default defineCommand({
  examples: [
    ['helix discord status', 'whether each channel has a webhook that works'],
    ['helix discord status --env production --json', 'the same for scripts; ends with 1 on a problem'],
  ],
  description:
    'Asks Discord about each webhook and posts nothing. The last message is the last that a gateway on the ' +
    'database posted, or, where DISCORD_BOT_TOKEN is set, the last that bot sees. Ends with 1 when something is wrong.',
  async run(_input, context) {
    const config = await context.config()
    return { bot: config.discord.botToken !== undefined, channels: await standings(config, context) }
  },
  view: ({ channels }, context) => showStandings(channels, context),
  verdict: ({ channels }) => standingsVerdict(channels),
})
