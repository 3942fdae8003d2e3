import { randomBytes } from 'node:crypto'
import type { Ping } from './mentions.ts'
import { type Overwrite, PERMISSIONS } from './permissions.ts'
import { createSnowflakes } from './snowflake.ts'

export interface Attachment {
  id: string
  filename: string
  size: number
  contentType: string
  bytes: Buffer
}

/** A message as Discord keeps it. */
export interface Message {
  id: string
  channelId: string
  /** Null where no webhook left it but a person or a bot. */
  webhookId: string | null
  username: string
  content: string
  embeds: Record<string, unknown>[]
  attachments: Attachment[]
  timestamp: string
  editedTimestamp: string | null
}

export interface Webhook {
  id: string
  token: string
  name: string
  channelId: string
  guildId: string
  applicationId: string | null
}

export interface Channel {
  id: string
  guildId: string
  /** 0 text, 4 category, 15 forum. */
  type: number
  name: string
  topic: string | null
  parentId: string | null
  overwrites: Overwrite[]
  position: number
  /** Oldest first. */
  messages: Message[]
}

export interface Bot {
  id: string
  token: string
  name: string
  /** What its own role gives it, and @everyone with it. */
  permissions: bigint
  /** Whether it may read what others wrote (the privileged intent). */
  messageContent: boolean
  /** The guilds it was invited to; its role there has the id under it. */
  roles: Map<string, string>
}

export interface Guild {
  id: string
  name: string
  ownerId: string
}

const SETUP_PERMISSIONS =
  PERMISSIONS.manageChannels |
  PERMISSIONS.manageWebhooks |
  PERMISSIONS.viewChannel |
  PERMISSIONS.readMessageHistory

/** Everything Discord keeps, and the ways to make it that ask no one for permission. */
export function createWorld(now: () => number) {
  const snowflake = createSnowflakes(now)
  const guilds = new Map<string, Guild>()
  const channels = new Map<string, Channel>()
  const webhooks = new Map<string, Webhook>()
  const bots = new Map<string, Bot>()
  const pings: Ping[] = []

  return {
    snowflake,
    guilds,
    channels,
    webhooks,
    bots,
    pings,
    listsAreOld: false,
    addGuild(name = 'Operations'): Guild {
      const guild = { id: snowflake(), name, ownerId: snowflake() }
      guilds.set(guild.id, guild)
      return guild
    },
    addBot(guild: Guild, wanted: Partial<Pick<Bot, 'permissions' | 'messageContent' | 'name'>> = {}): Bot {
      const id = snowflake()
      const token = `${Buffer.from(id).toString('base64url')}.${randomBytes(4).toString('hex').slice(0, 6)}.${randomBytes(28).toString('base64url')}`
      const bot: Bot = {
        ...{ id, token, name: 'helix-setup', permissions: SETUP_PERMISSIONS, messageContent: true },
        ...wanted,
        roles: new Map([[guild.id, snowflake()]]),
      }
      bots.set(token, bot)
      return bot
    },
    addChannel(guildId: string, wanted: Partial<Channel> & { name: string }): Channel {
      const position = [...channels.values()].filter((channel) => channel.guildId === guildId).length
      const channel: Channel = {
        ...{ id: snowflake(), guildId, type: 0, topic: null, parentId: null, overwrites: [], position },
        messages: [],
        ...wanted,
      }
      channels.set(channel.id, channel)
      return channel
    },
    say(channel: Channel, wanted: Partial<Pick<Message, 'content' | 'username' | 'attachments'>>): Message {
      const message: Message = {
        ...{ id: snowflake(), channelId: channel.id, webhookId: null, username: 'somebody' },
        ...{ content: '', embeds: [], attachments: [], editedTimestamp: null },
        timestamp: new Date(now()).toISOString(),
        ...wanted,
      }
      channel.messages.push(message)
      return message
    },
    addWebhook(channel: Channel, name = 'Helix', applicationId: string | null = null): Webhook {
      const webhook: Webhook = {
        ...{ id: snowflake(), token: randomBytes(51).toString('base64url'), name, applicationId },
        ...{ channelId: channel.id, guildId: channel.guildId },
      }
      webhooks.set(webhook.id, webhook)
      return webhook
    },
  }
}
export type World = ReturnType<typeof createWorld>
