import type { Config } from '../../src/config/config.ts'
import type { WebhookAddress } from '../../src/discord/address.ts'
import type { DiscordApi } from '../../src/discord/setup/api.ts'
import { type Fault, NOT_AN_ADDRESS, type SeenWebhook, seeWebhook } from '../../src/discord/setup/check.ts'
import { type LastMessage, lastMessage } from '../../src/discord/setup/last-message.ts'
import { type Target, targetsOf } from '../../src/discord/setup/targets.ts'
import { HelixError } from '../../src/errors.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import type { Context } from '../context.ts'
import { discordOf } from './api.ts'

/** One channel as it stands. */
export interface Standing extends SeenWebhook {
  channel: string
  /** Whether the webhook is its own, or the one of all channels without. */
  from: Target['from']
  webhookId: string | null
  /** Null where nothing could be asked. */
  reachable: boolean | null
  lastMessage: LastMessage | null
  problem: string | null
  fix: string | null
}

/** Asks about each webhook once; nothing is posted. */
export async function standings(config: Config, context: Context): Promise<Standing[]> {
  const api = discordOf(config, context)
  const posts = await knownPosts(context)
  const seen = new Map<string, Seen>()
  const channels: Standing[] = []
  for (const target of targetsOf(config)) {
    const { address } = target
    const known = address && (seen.get(address.id) ?? (await lookAt(address, api, config)))
    if (address && known) seen.set(address.id, known)
    channels.push(standingOf(target, known, posts.get(target.channel)))
  }
  return withTwins(channels)
}

/** A webhook as Discord knows it, and the last message where it posts. */
type Seen = Fault | (SeenWebhook & { last: LastMessage | undefined })

async function lookAt(address: WebhookAddress, api: DiscordApi, config: Config): Promise<Seen> {
  const found = await seeWebhook(api, address)
  if ('problem' in found) return found
  const asksBot = config.discord.botToken !== undefined && found.channelId !== null
  return { ...found, last: asksBot ? await lastMessage(api, found.channelId ?? '') : undefined }
}

/** What gateways posted; nothing where no database is at hand, which is no concern of Discord's. */
async function knownPosts(context: Context): Promise<ReadonlyMap<string, LastMessage>> {
  try {
    const db = await context.existingDatabase()
    const { lastPosts } = await import('../../src/discord/setup/last-posts.ts')
    return db ? await lastPosts(db) : new Map()
  } catch {
    return new Map()
  }
}

export function showStandings(channels: readonly Standing[], { colour }: Context): string {
  return channels.map((each) => row(each, colour)).join('\n')
}

export function standingsVerdict(channels: readonly Standing[]): HelixError | undefined {
  const wrong = channels.filter(({ problem }) => problem !== null).map(({ channel }) => channel)
  if (wrong.length === 0) return undefined
  return new HelixError('findings', `${wrong.length} of ${channels.length} channels have a problem`, {
    hint: 'Each one above says what to do.',
    next: ['helix discord setup'],
    details: { channels: wrong },
  })
}

function standingOf(target: Target, known: Seen | undefined, post: LastMessage | undefined): Standing {
  const { channel, from, address, setBy } = target
  const seen: SeenWebhook = { name: null, channelId: null, guildId: null }
  const nothing = { ...seen, reachable: null, lastMessage: post ?? null, problem: null, fix: null }
  const about: Standing = { channel, from, webhookId: address?.id ?? null, ...nothing }
  if (from === 'none')
    return { ...about, problem: 'it has no webhook', fix: 'Make one: helix discord setup.' }
  if (!known) return { ...about, ...NOT_AN_ADDRESS, problem: `${setBy}: ${NOT_AN_ADDRESS.problem}` }
  if ('problem' in known) return { ...about, reachable: false, ...known }
  const { last, ...found } = known
  const newest = !post || (last && last.at > post.at) ? last : post
  return { ...about, ...found, reachable: true, lastMessage: newest ?? null }
}

/** Webhooks of several channels that post to one: somebody pasted the same address twice. */
function withTwins(channels: readonly Standing[]): Standing[] {
  return channels.map((each) => {
    const twin = channels.find(
      ({ channel, channelId, from }) =>
        channel !== each.channel && channelId !== null && channelId === each.channelId && from === 'own',
    )
    if (!twin || each.from !== 'own' || each.problem !== null) return each
    const problem = `it posts to the same channel as ${twin.channel}`
    return { ...each, problem, fix: 'Make a webhook in its own channel: helix discord setup.' }
  })
}

function row(standing: Standing, colour: Context['colour']): string {
  const { channel, from, webhookId, name, lastMessage: last, problem, fix } = standing
  const title = `helix-${channel}`.padEnd(20)
  if (problem !== null) return `${colour.red('✖')} ${title}  ${safeText(problem)}\n  ${fix}`
  const shared = from === 'shared' ? ', shared (DISCORD_WEBHOOK_URL)' : ''
  const newest = last === null ? 'last message unknown' : `last message ${last.id} at ${last.at}`
  const facts = `webhook ${webhookId} (${safeText(name ?? '')})${shared}`
  return `${colour.green('✔')} ${title}  ${facts}  ${colour.dim(newest)}`
}
