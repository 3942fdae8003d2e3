import { type Context, Hono } from 'hono'
import { checkName } from './message-rules.ts'
import { readPayload } from './payload.ts'
import { type Overwrite, PERMISSIONS, permissionsIn } from './permissions.ts'
import {
  Form,
  missingAccess,
  missingPermissions,
  tooManyChannels,
  tooManyWebhooks,
  unauthorized,
  unknownChannel,
  unknownGuild,
  unknownMessage,
  unknownWebhook,
} from './refusal.ts'
import { applicationShape, channelShape, guildShape, type Shapes, userShape, webhookShape } from './shapes.ts'
import type { Bot, Channel, World } from './world.ts'

const MOST_WEBHOOKS = 15
const MOST_CHANNELS = 500

/** What a bot may do with `Authorization: Bot <token>`, as far as its permissions go. */
export function botRoutes({ world, shapes }: { world: World; shapes: Shapes }): Hono {
  const { channels, webhooks } = world
  const inGuild = (guildId: string) => [...channels.values()].filter((each) => each.guildId === guildId)
  const ofChannel = (channelId: string) =>
    [...webhooks.values()].filter((each) => each.channelId === channelId)

  return new Hono()
    .get('/users/@me', (c) => c.json(userShape(botOf(c, world))))
    .get('/applications/@me', (c) => c.json(applicationShape(botOf(c, world))))
    .get('/users/@me/guilds', (c) => {
      const bot = botOf(c, world)
      const mine = [...world.guilds.values()].filter(({ id }) => bot.roles.has(id))
      return c.json(mine.map(({ id, name }) => ({ id, name, permissions: String(bot.permissions) })))
    })
    .get('/guilds/:guild', (c) => {
      const { bot, guild } = guildOf(c, world)
      return c.json(guildShape(guild, bot))
    })
    .get('/guilds/:guild/members/:user', (c) => {
      const { bot, guild } = guildOf(c, world)
      return c.json({ user: userShape(bot), roles: [bot.roles.get(guild.id)] })
    })
    .get('/guilds/:guild/channels', (c) => c.json(inGuild(guildOf(c, world).guild.id).map(channelShape)))
    .post('/guilds/:guild/channels', async (c) => {
      const { bot, guild } = guildOf(c, world)
      need(bot.permissions, PERMISSIONS.manageChannels)
      const { payload } = await readPayload(c.req.raw)
      const wanted = checkChannel(payload, inGuild(guild.id), bot)
      if (inGuild(guild.id).length >= MOST_CHANNELS) throw tooManyChannels()
      return c.json(channelShape(world.addChannel(guild.id, wanted)), 201)
    })
    .get('/channels/:channel', (c) => c.json(channelShape(channelOf(c, world).channel)))
    .patch('/channels/:channel', async (c) => {
      const { bot, channel, permissions } = channelOf(c, world)
      need(permissions, PERMISSIONS.manageChannels)
      const { payload } = await readPayload(c.req.raw)
      const { name, topic, parentId, overwrites } = checkChannel(
        { ...channelShape(channel), ...payload },
        inGuild(channel.guildId),
        bot,
      )
      Object.assign(channel, { name, topic, parentId, overwrites })
      return c.json(channelShape(channel))
    })
    .get('/channels/:channel/webhooks', (c) => {
      const { bot, channel, permissions } = channelOf(c, world)
      need(permissions, PERMISSIONS.manageWebhooks)
      // A bot is told the tokens of the webhooks that are its own, and of those that belong to no application.
      const told = ({ applicationId }: { applicationId: string | null }) =>
        applicationId === null || applicationId === bot.id
      return c.json(ofChannel(channel.id).map((each) => webhookShape(each, told(each))))
    })
    .post('/channels/:channel/webhooks', async (c) => {
      const { bot, channel, permissions } = channelOf(c, world)
      need(permissions, PERMISSIONS.manageWebhooks)
      const { payload } = await readPayload(c.req.raw)
      const form = new Form()
      const name = form.text('name', payload.name ?? '', { min: 1, max: 80 }) ?? ''
      checkName(form, 'name', name)
      form.check()
      if (ofChannel(channel.id).length >= MOST_WEBHOOKS) throw tooManyWebhooks()
      return c.json(webhookShape(world.addWebhook(channel, name, bot.id)))
    })
    .delete('/webhooks/:id', (c) => {
      const bot = botOf(c, world)
      const webhook = webhooks.get(c.req.param('id'))
      if (!webhook) throw unknownWebhook()
      need(bot.permissions, PERMISSIONS.manageWebhooks)
      webhooks.delete(webhook.id)
      return c.body(null, 204)
    })
    .get('/channels/:channel/messages', (c) => {
      const { bot, channel, permissions } = channelOf(c, world)
      // Without the history there is nothing to see, and no word of why.
      if (!(permissions & PERMISSIONS.readMessageHistory)) return c.json([])
      const shown = { readable: bot.messageContent, old: world.listsAreOld }
      return c.json(page(channel, c).map((message) => shapes.message(message, shown)))
    })
    .get('/channels/:channel/messages/:message', (c) => {
      const { bot, channel, permissions } = channelOf(c, world)
      need(permissions, PERMISSIONS.readMessageHistory)
      const message = channel.messages.find(({ id }) => id === c.req.param('message'))
      if (!message) throw unknownMessage()
      return c.json(shapes.message(message, { readable: bot.messageContent }))
    })
}

function botOf(c: Context, { bots }: World): Bot {
  const token = /^Bot (\S+)$/.exec(c.req.header('authorization') ?? '')?.[1]
  const bot = token && bots.get(token)
  if (!bot) throw unauthorized()
  return bot
}

function guildOf(c: Context, world: World) {
  const bot = botOf(c, world)
  const guild = world.guilds.get(c.req.param('guild') ?? '')
  if (!guild) throw unknownGuild()
  if (!bot.roles.has(guild.id)) throw missingAccess()
  return { bot, guild }
}

function channelOf(c: Context, world: World) {
  const bot = botOf(c, world)
  const channel = world.channels.get(c.req.param('channel') ?? '')
  if (!channel) throw unknownChannel()
  const { guildId } = channel
  const roleId = bot.roles.get(guildId)
  if (roleId === undefined) throw missingAccess()
  const permissions = permissionsIn(bot.permissions, channel.overwrites, { guildId, roleId, userId: bot.id })
  need(permissions, PERMISSIONS.viewChannel, missingAccess)
  return { bot, channel, permissions }
}

function need(permissions: bigint, needed: bigint, refusal = missingPermissions): void {
  if (!(permissions & (needed | PERMISSIONS.administrator))) throw refusal()
}

function checkChannel(payload: Record<string, unknown>, others: Channel[], bot: Bot) {
  const form = new Form()
  const type = payload.type === undefined ? 0 : Number(payload.type)
  const given = form.text('name', payload.name ?? '', { min: 1, max: 100 }) ?? ''
  const topic = form.text('topic', payload.topic, { max: 1_024 }) ?? null
  if (![0, 2, 4, 5, 15].includes(type))
    form.wrong('type', 'BASE_TYPE_CHOICES', 'Value is not a channel type.')
  const parentId = (payload.parent_id as string | null | undefined) ?? null
  if (parentId !== null && !others.some(({ id, type }) => id === parentId && type === 4))
    form.wrong('parent_id', 'CHANNEL_PARENT_INVALID', 'Category does not exist')
  const overwrites = ((payload.permission_overwrites as Overwrite[] | undefined) ?? []).map((each) => ({
    ...{ id: String(each.id), type: Number(each.type) as 0 | 1 },
    ...{ allow: String(each.allow ?? '0'), deny: String(each.deny ?? '0') },
  }))
  form.check()
  // A bot gives and takes no right that it has not itself.
  for (const { allow, deny } of overwrites)
    if ((BigInt(allow) | BigInt(deny)) & ~bot.permissions && !(bot.permissions & PERMISSIONS.administrator))
      throw missingPermissions()
  // Names of text channels are in lower case, words joined by hyphens.
  const name = type === 0 ? given.toLowerCase().replace(/\s+/g, '-') : given
  return { type, name, topic, parentId, overwrites }
}

/** Newest first; after `after` the next ones, yet still newest first. */
function page({ messages }: Channel, c: Context) {
  const { after, before, around, limit = '50' } = c.req.query()
  const most = Number(limit)
  const form = new Form()
  if (!Number.isInteger(most) || most < 1 || most > 100)
    form.wrong('limit', 'NUMBER_TYPE_MAX', 'int value should be between 1 and 100.')
  for (const [name, id] of Object.entries({ after, before, around }))
    if (id !== undefined && !/^\d{1,20}$/.test(id))
      form.wrong(name, 'NUMBER_TYPE_COERCE', `Value "${id}" is not snowflake.`)
  if ([after, before, around].filter((each) => each !== undefined).length > 1)
    form.wrong('after', 'MESSAGES_QUERY_EXCLUSIVE', 'Only one of around, before and after may be given.')
  form.check()
  if (after !== undefined) {
    const following = messages.filter(({ id }) => BigInt(id) > BigInt(after))
    return following.slice(0, most).reverse()
  }
  const preceding = before === undefined ? messages : messages.filter(({ id }) => BigInt(id) < BigInt(before))
  return preceding.slice(-most).reverse()
}
