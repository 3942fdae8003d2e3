import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Attachment, Bot, Channel, Guild, Message, Webhook } from './world.ts'

const CDN_KEY = 'strict discord'
/** How long the address of an attachment is good for. */
export const CDN_LIFE_MS = 24 * 3_600_000

/** How things look on the wire. `origin` is where this Discord is. */
export function createShapes(origin: () => string, now: () => number, lifeMs: number) {
  /** Addresses of attachments are signed and run out. */
  function attachment(channelId: string, file: Attachment, life: number) {
    const { id, filename, size, contentType } = file
    const path = `/attachments/${channelId}/${id}/${filename}`
    const ex = Math.floor((now() + life) / 1_000).toString(16)
    const is = Math.floor(now() / 1_000).toString(16)
    const url = `${origin()}${path}?ex=${ex}&is=${is}&hm=${signature(path, ex, is)}&`
    return { id, filename, size, url, proxy_url: url, content_type: contentType }
  }

  function message(
    { id, channelId, webhookId, username, content, embeds, attachments, timestamp, editedTimestamp }: Message,
    { readable = true, old = false }: { readable?: boolean; old?: boolean } = {},
  ) {
    return {
      ...{
        id,
        type: 0,
        channel_id: channelId,
        ...(webhookId && { webhook_id: webhookId }),
        application_id: null,
      },
      author: {
        id: webhookId ?? '1',
        username,
        avatar: null,
        discriminator: '0000',
        bot: webhookId !== null,
      },
      content: readable ? content : '',
      embeds: readable ? embeds : [],
      attachments: readable
        ? attachments.map((each) => attachment(channelId, each, old ? -1_000 : lifeMs))
        : [],
      ...{ timestamp, edited_timestamp: editedTimestamp, tts: false, pinned: false, flags: 0 },
      ...{ mentions: [], mention_roles: [], mention_everyone: false, components: [] },
    }
  }

  return { message }
}
export type Shapes = ReturnType<typeof createShapes>

function signature(path: string, ex: string, is: string): string {
  return createHmac('sha256', CDN_KEY).update(`${path} ${ex} ${is}`).digest('hex')
}

/** Whether an attachment's address was made here, for this file, and has not run out. */
export function isSigned(path: string, query: (name: string) => string | undefined, now: number): boolean {
  const [ex = '', is = '', hm = ''] = ['ex', 'is', 'hm'].map(query)
  const expected = Buffer.from(signature(path, ex, is))
  const given = Buffer.from(hm)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false
  return Number.parseInt(ex, 16) * 1_000 > now
}

export function webhookShape(
  { id, token, name, channelId, guildId, applicationId }: Webhook,
  withToken = true,
) {
  return {
    ...{ id, type: 1, guild_id: guildId, channel_id: channelId, name, avatar: null },
    application_id: applicationId,
    ...(withToken && { token, url: `https://discord.com/api/webhooks/${id}/${token}` }),
  }
}

export function channelShape(channel: Channel) {
  const { id, type, guildId, name, topic, parentId, overwrites, position, messages } = channel
  return {
    ...{ id, type, guild_id: guildId, name, topic, parent_id: parentId, position, nsfw: false },
    permission_overwrites: overwrites,
    last_message_id: messages.at(-1)?.id ?? null,
  }
}

export function guildShape({ id, name, ownerId }: Guild, bot: Bot) {
  const everyone = { id, name: '@everyone', permissions: '0', position: 0, managed: false }
  const own = {
    ...{ id: bot.roles.get(id), name: bot.name, permissions: String(bot.permissions), position: 1 },
    ...{ managed: true, tags: { bot_id: bot.id } },
  }
  return { id, name, owner_id: ownerId, roles: [everyone, own], features: [], premium_tier: 0 }
}

export function userShape({ id, name }: Bot) {
  return { id, username: name, discriminator: '0000', avatar: null, bot: true }
}

const MESSAGE_CONTENT = 1 << 18

/** What `GET /applications/@me` says; its flags tell whether the bot reads what others wrote. */
export function applicationShape({ id, name, messageContent }: Bot) {
  return { id, name, bot_public: false, flags: messageContent ? MESSAGE_CONTENT : 0 }
}
