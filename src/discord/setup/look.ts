import type { Channel } from '../../audit/entry.ts'
import { HelixError } from '../../errors.ts'
import type { WebhookAddress } from '../address.ts'
import type { DiscordApi } from './api.ts'
import { badToken, discordFailed, granted, lacking } from './failures.ts'
import { inviteLink, isPrivate, missingPermissions } from './permissions.ts'
import { CATEGORY, ROOMS, type Room, WEBHOOK_NAME } from './rooms.ts'
import { channels, type DiscordChannel, type DiscordWebhook, guilds, identified, webhooks } from './shapes.ts'

const TEXT = 0
const CATEGORY_TYPE = 4
const ANNOUNCEMENT = 5
const INCOMING = 1

/** A room as it is on the server; what is undefined is still to be made. */
export interface FoundRoom extends Room {
  id: string | undefined
  /** Whether its own settings keep @everyone out. */
  closed: boolean
  webhook: { id: string; token: string } | undefined
}

/** The server as it is. */
export interface Look {
  guild: { id: string; name: string }
  botId: string
  invite: string
  categoryId: string | undefined
  rooms: FoundRoom[]
}

/** Webhooks known already, whose tokens Discord may not tell. */
export type Known = Partial<Record<Channel, WebhookAddress>>

/**
 * Looks at the server with the bot's eyes, and changes nothing.
 * @throws HelixError `precondition_failed` naming the permissions that are missing, or channels nobody can tell apart
 */
export async function lookAround(api: DiscordApi, guildId: string, known: Known): Promise<Look> {
  const { botId, applicationId, invite } = await whoIsBot(api, guildId)
  const guild = await enterGuild(api, guildId, invite)
  const to = { to: 'see the channels of the server', needs: 'VIEW_CHANNEL', invite } as const
  const all = granted(await api.ask({ path: `/guilds/${guildId}/channels` }, channels), to)
  const categoryId = findCategory(all)?.id
  const rooms: FoundRoom[] = []
  for (const room of ROOMS) {
    const there = findRoom(all, room, categoryId)
    const webhook =
      there && (await findWebhook(api, there, { applicationId, invite, known: known[room.channel] }))
    const closed = there === undefined || isPrivate(guildId, there.permission_overwrites)
    rooms.push({ ...room, id: there?.id, closed, webhook })
  }
  return { guild, botId, invite, categoryId, rooms }
}

/** The servers the bot is in, and where it is let into another. */
export async function whereIsBot(api: DiscordApi) {
  const { invite } = await whoIsBot(api)
  const answer = await api.ask({ path: '/users/@me/guilds?limit=200' }, guilds)
  return { invite, guilds: answer.ok ? answer.value.map(({ id, name }) => ({ id, name })) : [] }
}

/** @throws HelixError `unauthorized` when Discord does not know its token */
export async function whoIsBot(api: DiscordApi, guildId?: string) {
  const bot = await api.ask({ path: '/users/@me' }, identified)
  if (!bot.ok && bot.status === 401) throw badToken()
  if (!bot.ok) throw discordFailed('Discord did not say who the bot is', bot)
  const application = await api.ask({ path: '/applications/@me' }, identified)
  // Of all but the oldest bots both have one id.
  const applicationId = application.ok ? application.value.id : bot.value.id
  return { botId: bot.value.id, applicationId, invite: inviteLink(applicationId, guildId) }
}

async function enterGuild(api: DiscordApi, guildId: string, invite: string) {
  const before = BigInt(guildId) - 1n
  const answer = await api.ask({ path: `/users/@me/guilds?after=${before}&limit=200` }, guilds)
  if (!answer.ok) throw discordFailed('Discord did not say where the bot is', answer)
  const guild = answer.value.find(({ id }) => id === guildId)
  if (!guild) throw notInGuild(guildId, invite)
  const missing = missingPermissions(guild.permissions)
  if (missing.length > 0) throw lacking(missing, { to: `set up ${guild.name}`, invite })
  return { id: guild.id, name: guild.name }
}

export function findCategory(all: readonly DiscordChannel[]): DiscordChannel | undefined {
  const named = all.filter(({ type, name }) => type === CATEGORY_TYPE && name?.toLowerCase() === 'helix')
  const names = new Set(ROOMS.map(({ name }) => name))
  const ours = named.filter(({ id }) =>
    all.some(({ parent_id, name }) => parent_id === id && names.has(name ?? '')),
  )
  return only(named, ours, `categories are named ${CATEGORY}`)
}

/** The channel of a room, the one in the category where several have its name. */
export function findRoom(
  all: readonly DiscordChannel[],
  { name }: Room,
  categoryId: string | undefined,
): DiscordChannel | undefined {
  const named = all.filter((each) => each.name === name && [TEXT, ANNOUNCEMENT].includes(each.type))
  const ours = named.filter(({ parent_id }) => categoryId !== undefined && parent_id === categoryId)
  return only(named, ours, `channels are named #${name}`)
}

/** The one there is, or of several the one that is ours. */
function only(
  named: readonly DiscordChannel[],
  ours: readonly DiscordChannel[],
  what: string,
): DiscordChannel | undefined {
  if (named.length <= 1) return named[0]
  if (ours.length === 1) return ours[0]
  const ids = named.map(({ id }) => id)
  throw new HelixError('precondition_failed', `${named.length} ${what}: ${ids.join(', ')}`, {
    hint: `Rename all but one, or move the one that is meant into the category ${CATEGORY}.`,
    details: { ids },
  })
}

interface WebhookSearch {
  applicationId: string
  invite: string
  known: WebhookAddress | undefined
}

/** The webhook configured already, else one named Helix whose token Discord tells this bot. */
async function findWebhook(api: DiscordApi, { id, name }: DiscordChannel, search: WebhookSearch) {
  const { applicationId, invite, known } = search
  const purpose = { to: `see the webhooks of #${name}`, needs: 'MANAGE_WEBHOOKS', invite } as const
  const all = granted(await api.ask({ path: `/channels/${id}/webhooks` }, webhooks), purpose)
  const configured = known && all.find((each) => each.id === known.id)
  if (configured) return { id: configured.id, token: configured.token ?? known.token }
  const usable = all.filter((each) => isUsable(each))
  const own = usable.find((each) => each.application_id === applicationId) ?? usable[0]
  return own?.token === undefined ? undefined : { id: own.id, token: own.token }
}

function isUsable({ type = INCOMING, name, token }: DiscordWebhook): boolean {
  return type === INCOMING && name === WEBHOOK_NAME && token !== undefined
}

function notInGuild(guildId: string, invite: string): HelixError {
  return new HelixError('precondition_failed', `The bot is not in the server ${guildId}`, {
    hint: `Let it in, then run this again: ${invite}`,
    details: { missing: ['MANAGE_CHANNELS', 'VIEW_CHANNEL', 'MANAGE_WEBHOOKS'], invite },
  })
}
