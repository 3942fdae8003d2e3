import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { botRoutes } from './bot-routes.ts'
import { type Counters, createCounters } from './counters.ts'
import { createFaults, type Fault, type FaultChoice } from './faults.ts'
import { createGate, webhookIn } from './gate.ts'
import { DISCORD_LIMITS, type Limits } from './limits.ts'
import type { Ping } from './mentions.ts'
import { Refusal, unknownRoute } from './refusal.ts'
import { CDN_LIFE_MS, createShapes, isSigned } from './shapes.ts'
import { webhookRoutes } from './webhook-routes.ts'
import { type Bot, type Channel, createWorld, type Guild, type Message, type Webhook } from './world.ts'

export interface DiscordOptions {
  port?: number
  /** Discord's own, unless a test has no time for them. */
  limits?: Partial<Limits>
  now?: () => number
  /** For how long the address of an attachment is good, in ms. */
  cdnLifeMs?: number
}

/** A request, as the journal keeps it; no token is in it. */
interface AskedRequest {
  at: number
  method: string
  path: string
  status: number
}

/** A local Discord that refuses what the real one refuses, counts as it does, and fails as it is told to. */
export interface StrictDiscord {
  /** Where it listens; the API is at `/api` and `/api/v10`, attachments are beside it. */
  origin: string
  /** What stands in for `https://discord.com/api`. */
  api: string
  guild: Guild
  /** May make channels and webhooks and read everything. */
  bot: Bot
  addGuild(name?: string): Guild
  addBot(guild: Guild, wanted?: Partial<Pick<Bot, 'permissions' | 'messageContent' | 'name'>>): Bot
  /** A channel of `guild` unless `guildId` names another. */
  addChannel(name: string, wanted?: Partial<Channel>): Channel
  addWebhook(channel: Channel, name?: string): Webhook
  /** The webhook's address as Discord gives it out: under `discord.com`. */
  addressOf(webhook: Webhook): string
  channels(): Channel[]
  webhooks(): Webhook[]
  /** A message as a person leaves it, or as another bot does. */
  say(channel: Channel, wanted: Partial<Pick<Message, 'content' | 'username' | 'attachments'>>): Message
  /** What is in a channel, oldest first. */
  messages(channelId: string): readonly Message[]
  /** Deletes a webhook, a channel or a message, as somebody in the guild may do at any time. */
  remove(thing: Webhook | Channel | Message): void
  /** Whether addresses of attachments, as lists of messages tell them, have run out by the time they are used. */
  listsAreOld: boolean
  /** Changes one of the limits. */
  setLimit(name: keyof Limits, limit: Limits[keyof Limits]): void
  /** Everyone whom a message called. */
  pings: readonly Ping[]
  counters: Counters
  /** Every request so far, oldest first. */
  requests: readonly AskedRequest[]
  /** Lets requests fail from now on; the answer ends it. */
  fail(fault: Fault, choice?: FaultChoice): () => void
  /** Connections are refused until `listen`. */
  refuse(): Promise<void>
  listen(): Promise<void>
  close(): Promise<void>
}

/** Starts one on 127.0.0.1, with a guild and a bot in it; on a free port unless one is given. */
export async function startDiscord(options: DiscordOptions = {}): Promise<StrictDiscord> {
  const { now = Date.now } = options
  const world = createWorld(now)
  const counters = createCounters()
  const faults = createFaults()
  const requests: AskedRequest[] = []
  let origin = ''
  const limits = { ...DISCORD_LIMITS, ...options.limits }
  const app = assemble({ ...options, limits, now, world, counters, faults, requests, origin: () => origin })
  const server = createServer(getRequestListener((request, bindings) => app.fetch(request, bindings)))
  const listen = (port: number) => once(server.listen(port, '127.0.0.1'), 'listening')
  await listen(options.port ?? 0)
  const { port } = server.address() as AddressInfo
  origin = `http://127.0.0.1:${port}`
  const close = async () => {
    if (!server.listening) return
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  const guild = world.addGuild()
  return {
    origin,
    api: `${origin}/api`,
    guild,
    bot: world.addBot(guild),
    addGuild: world.addGuild,
    addBot: world.addBot,
    addChannel: (name, wanted) => world.addChannel(wanted?.guildId ?? guild.id, { ...wanted, name }),
    addWebhook: world.addWebhook,
    addressOf: ({ id, token }) => `https://discord.com/api/webhooks/${id}/${token}`,
    channels: () => [...world.channels.values()],
    webhooks: () => [...world.webhooks.values()],
    say: world.say,
    messages: (channelId) => world.channels.get(channelId)?.messages ?? [],
    remove(thing) {
      world.webhooks.delete(thing.id)
      world.channels.delete(thing.id)
      for (const channel of world.channels.values())
        channel.messages = channel.messages.filter(({ id }) => id !== thing.id)
    },
    get listsAreOld() {
      return world.listsAreOld
    },
    set listsAreOld(old) {
      world.listsAreOld = old
    },
    setLimit(name, limit) {
      limits[name] = limit
    },
    pings: world.pings,
    counters,
    requests,
    fail: faults.plan,
    refuse: close,
    listen: async () => void (await listen(port)),
    close,
  }
}

interface AppDeps {
  limits: Limits
  cdnLifeMs?: number
  now: () => number
  world: ReturnType<typeof createWorld>
  counters: Counters
  faults: ReturnType<typeof createFaults>
  requests: AskedRequest[]
  origin: () => string
}

type Env = { Bindings: HttpBindings }

function assemble({ limits, cdnLifeMs = CDN_LIFE_MS, ...deps }: AppDeps): Hono<Env> {
  const { now, world, counters, faults, requests, origin } = deps
  const shapes = createShapes(origin, now, cdnLifeMs)
  const gate = createGate({ limits, counters, world, now })
  const gone = new Set<string>()
  const routes = new Hono()
    .route('/', webhookRoutes({ world, shapes, now }))
    .route('/', botRoutes({ world, shapes }))
  routes.onError((error, c) => {
    if (!(error instanceof Refusal)) throw error
    return c.json(error.body, error.status as 400)
  })
  routes.notFound(() => {
    throw unknownRoute()
  })

  /** The answer to a request that got in. */
  async function serve(c: Context<Env>, path: string): Promise<Response> {
    const entered = gate.enter(c, path)
    if (entered instanceof Response) return entered
    const request = new Request(`http://discord${path}${new URL(c.req.url).search}`, c.req.raw)
    const response = await routes.fetch(request)
    for (const [name, value] of Object.entries(entered)) response.headers.set(name, value)
    const webhookId = webhookIn(path)
    if (response.status === 401 || response.status === 403) gate.noteInvalid()
    if (webhookId && gone.has(webhookId)) counters.deadUses += 1
    if (webhookId && response.status === 404 && !world.webhooks.has(webhookId)) gone.add(webhookId)
    if (webhookId && request.method === 'POST' && response.ok) counters.posts += 1
    return response
  }

  /** Within the limits and with their headers, as any other answer. */
  function refuse(
    c: Context<Env>,
    path: string,
    { status, code }: { status: number; code: number },
  ): Response {
    const entered = gate.enter(c, path)
    if (entered instanceof Response) return entered
    return c.json({ code, message: 'Invalid Form Body' }, status as 400, entered)
  }

  async function answer(c: Context<Env>, path: string): Promise<Response> {
    if (gate.shutOut())
      return c.html('<html><body>error code: 1015</body></html>', 429, { 'retry-after': '600' })
    const webhookId = webhookIn(path)
    const body = await c.req.raw.clone().text()
    const fault = faults.take({ method: c.req.method, path: withoutToken(path), webhookId, body })
    if (fault?.kind === 'slow') await sleep(fault.ms)
    if (!fault || fault.kind === 'slow') return serve(c, path)
    if (fault.kind === 'refuse') return refuse(c, path, fault)
    if (fault.stored) await serve(c, path)
    if (fault.kind === 'status')
      return c.html(`<html><body>${fault.status}</body></html>`, fault.status as 500)
    c.env.outgoing.destroy()
    return new Response(null, { headers: { 'x-hono-already-sent': 'true' } })
  }

  const app = new Hono<Env>()
  app.all('/api/*', async (c) => {
    counters.requests += 1
    const path = new URL(c.req.url).pathname.replace(/^\/api(\/v(9|10)(?=\/))?/, '')
    const response = await answer(c, path)
    requests.push({ at: now(), method: c.req.method, path: withoutToken(path), status: response.status })
    return response
  })
  app.get('/attachments/:channel/:id/:name', (c) => {
    if (!isSigned(c.req.path, (name) => c.req.query(name), now()))
      return c.text('This content is no longer available.', 404)
    const { messages = [] } = world.channels.get(c.req.param('channel')) ?? {}
    const file = messages.flatMap(({ attachments }) => attachments).find(({ id }) => id === c.req.param('id'))
    if (!file) return c.text('This content is no longer available.', 404)
    return c.body(new Uint8Array(file.bytes), 200, { 'content-type': file.contentType })
  })
  return app
}

function withoutToken(path: string): string {
  return path.replace(/^(\/webhooks\/\d+)\/[^/]+/, '$1/…')
}
