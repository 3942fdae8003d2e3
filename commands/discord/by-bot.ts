import { basename, join } from 'node:path'
import { typist } from '../../src/audit/actors.ts'
import type { Config } from '../../src/config/config.ts'
import { lookAround } from '../../src/discord/setup/look.ts'
import { planSetup, type Step, setUp } from '../../src/discord/setup/setup.ts'
import { targetsOf } from '../../src/discord/setup/targets.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import type { Context } from '../context.ts'
import { discordOf } from './api.ts'
import { overridden } from './overridden.ts'

/** Makes channels and webhooks with the bot, and writes down the webhooks. */
export async function setUpByBot(guildId: string, config: Config, context: Context) {
  const api = discordOf(config, context)
  const own = targetsOf(config).filter(({ from }) => from === 'own')
  const known = Object.fromEntries(own.map(({ channel, address }) => [channel, address]))
  const file = join(config.root, `.env.${config.env}`)
  const before = await lookAround(api, guildId, known)
  const steps = await planSetup(before, file)
  const changed = steps.length > 0 && !context.dryRun
  if (changed) await context.consent({ act: `Set up ${safeText(before.guild.name)}: ${summary(steps)}` })
  const after = changed ? await context.alone('discord-setup', make) : before
  async function make() {
    const { audit, files } = context.log()
    // Somebody else may have been at it since.
    const now = await lookAround(api, guildId, known)
    return setUp(now, { api, audit: await audit(), files, actor: typist(), file })
  }
  return {
    by: 'bot' as const,
    guild: after.guild,
    file,
    invite: after.invite,
    steps,
    changed,
    channels: after.rooms.map(({ channel, name, id = null, webhook }) => {
      return { channel, name, id, webhookId: webhook?.id ?? null }
    }),
    warnings: [
      ...after.rooms.filter(({ closed }) => !closed).map(({ name }) => openTo(name)),
      ...overridden(
        config,
        after.rooms.map(({ variable }) => variable),
      ),
    ],
  }
}
type ByBot = Awaited<ReturnType<typeof setUpByBot>>

export function showByBot(
  { guild, file, invite, steps, changed, warnings }: ByBot,
  context: Context,
): string {
  const { colour, dryRun } = context
  const name = safeText(guild.name)
  const warned = warnings.map((text) => `${colour.yellow('!')} ${safeText(text)}`)
  const lines = steps.map((step) => `  ${sentence(step, basename(file))}`)
  if (steps.length === 0)
    return [`${colour.green('✔')} ${name} is set up already; nothing was changed.`, ...warned].join('\n')
  if (dryRun || !changed)
    return [`Would do on ${name}:`, ...lines, `The bot's invite link: ${invite}`, ...warned].join('\n')
  return [
    `${colour.green('✔')} ${name} is set up:`,
    ...lines,
    'Next: helix discord test. Running gateways use the webhooks after a restart. The bot is needed no more.',
    colour.dim(`To undo: delete what was made in Discord, and the entries in ${safeText(file)}.`),
    ...warned,
  ].join('\n')
}

function sentence({ make, name, replaces }: Step, file: string): string {
  if (make === 'category') return `the category ${name}, hidden from @everyone`
  if (make === 'channel') return `the channel ${name}, hidden from @everyone`
  if (make === 'webhook') return `a webhook in ${name}`
  return `${name} in ${file}${replaces === undefined ? '' : `, in place of webhook ${replaces}`}`
}

function summary(steps: readonly Step[]): string {
  const count = (make: Step['make']) => steps.filter((step) => step.make === make).length
  return [
    [count('category') + count('channel'), 'channels'],
    [count('webhook'), 'webhooks'],
    [count('entry'), 'entries of the env file'],
  ]
    .filter(([many]) => many !== 0)
    .map(([many, what]) => `${many} ${what}`)
    .join(', ')
}

function openTo(name: string): string {
  return `#${name} was there before and does not keep @everyone out: edit the channel → Permissions → Private Channel.`
}
