import { type Context, Hono } from 'hono'
import { pingsOf } from './mentions.ts'
import { checkMessage, checkName, type Draft } from './message-rules.ts'
import { readPayload } from './payload.ts'
import {
  emptyMessage,
  Form,
  forumNeedsThread,
  invalidWebhookToken,
  unknownMessage,
  unknownWebhook,
} from './refusal.ts'
import { type Shapes, webhookShape } from './shapes.ts'
import type { Channel, Message, Webhook, World } from './world.ts'

interface WebhookRouteDeps {
  world: World
  shapes: Shapes
  now: () => number
}

const MESSAGE = '/webhooks/:id/:token/messages/:message'

/** What needs no more than a webhook's address. */
export function webhookRoutes({ world, shapes, now }: WebhookRouteDeps): Hono {
  function store(channel: Channel, webhook: Webhook, draft: Draft): Message {
    const { content, embeds, username = webhook.name, allowedMentions } = draft
    const id = world.snowflake()
    const message: Message = {
      ...{ id, channelId: channel.id, webhookId: webhook.id, username, content, embeds },
      attachments: stored(draft, world),
      timestamp: new Date(now()).toISOString(),
      editedTimestamp: null,
    }
    channel.messages.push(message)
    ping(id, pingsOf(content, allowedMentions, ['users']))
    return message
  }

  function ping(messageId: string, called: string[]): void {
    for (const who of called) world.pings.push({ messageId, who })
  }

  return new Hono()
    .get('/webhooks/:id/:token', (c) => c.json(webhookShape(webhookOf(c, world).webhook)))
    .patch('/webhooks/:id/:token', async (c) => {
      const { webhook } = webhookOf(c, world)
      const { payload } = await readPayload(c.req.raw)
      const form = new Form()
      const name = form.text('name', payload.name, { min: 1, max: 80 })
      if (name !== undefined) checkName(form, 'name', name)
      form.check()
      if (name !== undefined) webhook.name = name
      return c.json(webhookShape(webhook))
    })
    .delete('/webhooks/:id/:token', (c) => {
      world.webhooks.delete(webhookOf(c, world).webhook.id)
      return c.body(null, 204)
    })
    .post('/webhooks/:id/:token', async (c) => {
      const { webhook, channel } = webhookOf(c, world)
      const { payload, files } = await readPayload(c.req.raw)
      const draft = checkMessage(payload, files)
      if (channel.type === 15) throw forumNeedsThread()
      const message = store(channel, webhook, draft)
      return c.req.query('wait') === 'true' ? c.json(shapes.message(message)) : c.body(null, 204)
    })
    .get(MESSAGE, (c) => c.json(shapes.message(messageOf(c, world).message)))
    .patch(MESSAGE, async (c) => {
      const { message } = messageOf(c, world)
      const { payload, files } = await readPayload(c.req.raw)
      const draft = checkMessage({ content: message.content, embeds: message.embeds, ...payload }, files)
      const { content, embeds, allowedMentions } = draft
      const kept = keptAttachments(message, payload.attachments)
      if (content === '' && embeds.length + kept.length + files.length === 0) throw emptyMessage()
      const attachments = [...kept, ...stored(draft, world)]
      Object.assign(message, { content, embeds, attachments })
      message.editedTimestamp = new Date(now()).toISOString()
      // An edit that says nothing of mentions calls everyone it names.
      ping(message.id, pingsOf(content, allowedMentions, ['users', 'roles', 'everyone']))
      return c.json(shapes.message(message))
    })
    .delete(MESSAGE, (c) => {
      const { channel, message } = messageOf(c, world)
      channel.messages.splice(channel.messages.indexOf(message), 1)
      return c.body(null, 204)
    })
}

function webhookOf(c: Context, { webhooks, channels }: World) {
  const webhook = webhooks.get(c.req.param('id') ?? '')
  if (!webhook) throw unknownWebhook()
  if (webhook.token !== c.req.param('token')) throw invalidWebhookToken()
  const channel = channels.get(webhook.channelId)
  if (!channel) throw unknownWebhook()
  return { webhook, channel }
}

function messageOf(c: Context, world: World) {
  const { webhook, channel } = webhookOf(c, world)
  const message = channel.messages.find(({ id }) => id === c.req.param('message'))
  if (message?.webhookId !== webhook.id) throw unknownMessage()
  return { webhook, channel, message }
}

function stored({ files }: Draft, { snowflake }: World) {
  return files.map(({ name, type, bytes }) => ({
    ...{ id: snowflake(), size: bytes.length, contentType: type, bytes },
    filename: name.replace(/[^\w.-]/g, '_'),
  }))
}

/** An edit keeps the attachments it names; all where it names none. */
function keptAttachments({ attachments }: Message, named: unknown) {
  if (!Array.isArray(named)) return attachments
  return attachments.filter(({ id }) => named.some((each) => each.id === id))
}
