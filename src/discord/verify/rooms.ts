import { z } from 'zod'
import type { Channel } from '../../audit/entry.ts'
import { HelixError } from '../../errors.ts'
import type { DiscordApi } from '../setup/api.ts'
import { seeWebhook } from '../setup/check.ts'
import { badToken, discordFailed } from '../setup/failures.ts'
import { findCategory, findRoom, whoIsBot } from '../setup/look.ts'
import { missingToRead } from '../setup/permissions.ts'
import { ROOMS } from '../setup/rooms.ts'
import { channel, channels, type DiscordChannel, guilds, snowflake } from '../setup/shapes.ts'
import type { Target } from '../setup/targets.ts'
import type { ReadRoom } from './messages.ts'
import { mayNotRead, unreadable } from './refusals.ts'

/** Where a channel of the log is in Discord. */
export interface Room extends ReadRoom {
  channel: Channel
}

export interface RoomSearch {
  api: DiscordApi
  /** The server, where it is named. */
  guildId: string | undefined
  /** What the configuration says, where this machine knows the webhooks. */
  targets: readonly Target[]
}

const member = z.object({ roles: z.array(snowflake) })

/**
 * Finds the channels to read: where the configured webhooks post, else those named as `helix discord setup` names
 * them, in the one server the bot is in. A channel that is nowhere is left out.
 * @throws HelixError saying which permission the bot lacks, or which server is meant
 */
export async function findRooms({ api, guildId, targets }: RoomSearch): Promise<Room[]> {
  const { botId } = await whoIsBot(api)
  const servers = await serversOf(api)
  const told = await toldByWebhooks(api, targets)
  const [first] = told.values()
  const server = serverAmong(servers, guildId ?? first?.guildId ?? undefined)
  const all = await api.ask({ path: `/guilds/${server.id}/channels` }, channels)
  if (!all.ok) throw discordFailed('Discord did not show the channels of the server', all)
  const roles = await api.ask({ path: `/guilds/${server.id}/members/${botId}` }, member)
  const membership = {
    ...{ guildId: server.id, botId, permissions: server.permissions },
    roles: roles.ok ? roles.value.roles : [],
  }
  const categoryId = findCategory(all.value)?.id
  const rooms: Room[] = []
  for (const room of ROOMS) {
    const named = told.get(room.channel)?.channelId
    const there = named ? await seen(api, named, room.name) : findRoom(all.value, room, categoryId)
    if (!there) continue
    const missing = missingToRead(membership, there.permission_overwrites)
    if (missing.length > 0) throw mayNotRead(there.name ?? room.name, missing)
    rooms.push({ channel: room.channel, id: there.id, name: there.name ?? room.name })
  }
  if (rooms.length === 0) throw nothingThere(server.name)
  return rooms
}

async function serversOf(api: DiscordApi) {
  const answer = await api.ask({ path: '/users/@me/guilds?limit=200' }, guilds)
  if (answer.ok) return answer.value
  throw answer.status === 401 ? badToken() : discordFailed('Discord did not say where the bot is', answer)
}

/** Where each webhook that works posts to; the webhook's own address is permission enough to ask. */
async function toldByWebhooks(api: DiscordApi, targets: readonly Target[]) {
  const told = new Map<Channel, { channelId: string; guildId: string | null }>()
  for (const { channel, address } of targets) {
    const seen = address && (await seeWebhook(api, address))
    if (address && seen && 'channelId' in seen && seen.channelId)
      told.set(channel, { channelId: address.thread ?? seen.channelId, guildId: seen.guildId })
  }
  return told
}

async function seen(api: DiscordApi, id: string, name: string): Promise<DiscordChannel> {
  const answer = await api.ask({ path: `/channels/${id}` }, channel)
  if (answer.ok) return answer.value
  throw unreadable(name, answer)
}

interface Server {
  id: string
  name: string
  permissions: string
}

function serverAmong(servers: readonly Server[], guildId: string | undefined): Server {
  const [only] = servers
  if (guildId === undefined && only && servers.length === 1) return only
  const named = servers.find(({ id }) => id === guildId)
  if (named) return named
  const list = servers.map(({ id, name }) => `${id} (${name})`).join(', ')
  if (guildId !== undefined || servers.length === 0) {
    throw new HelixError('precondition_failed', `The bot is not in the server ${guildId ?? ''}`.trim(), {
      hint: 'Let it in with View Channels and Read Message History, and with Message Content Intent turned on.',
      details: { guilds: servers.map(({ id }) => id) },
    })
  }
  throw new HelixError('usage', `The bot is in ${servers.length} servers`, {
    hint: `Name the one with --guild <id>: ${list}.`,
    details: { flag: '--guild', guilds: servers.map(({ id }) => id) },
  })
}

function nothingThere(name: string): HelixError {
  return new HelixError('precondition_failed', `There is no channel of Helix in ${JSON.stringify(name)}`, {
    hint: 'helix discord setup makes them; channels of other names are found by the webhooks in the configuration.',
    next: ['helix discord setup'],
  })
}
