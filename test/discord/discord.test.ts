import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type StrictDiscord, startDiscord } from './discord.ts'
import { PERMISSIONS } from './permissions.ts'
import { snowflakeTime } from './snowflake.ts'

let discord: StrictDiscord
beforeEach(async () => {
  discord = await startDiscord()
})
afterEach(() => discord.close())

function webhook() {
  const channel = discord.addChannel('helix-api')
  const hook = discord.addWebhook(channel)
  const path = `/webhooks/${hook.id}/${hook.token}`
  return { channel, hook, path }
}

async function ask(path: string, { method = 'GET', body, token }: Asked = {}) {
  const response = await fetch(`${discord.api}/v10${path}`, {
    method,
    headers: {
      ...(token && { authorization: `Bot ${token}` }),
      ...(body !== undefined && !(body instanceof FormData) && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: body instanceof FormData ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text && JSON.parse(text) }
}
interface Asked {
  method?: string
  body?: unknown
  token?: string
}
const post = (path: string, body: unknown) => ask(`${path}?wait=true`, { method: 'POST', body })

test('a message is stored, answered with wait=true, and trimmed', async () => {
  const { channel, path } = webhook()
  const { status, body } = await post(path, { content: '  hello \n' })
  expect(status).toBe(200)
  expect(body).toMatchObject({ content: 'hello', channel_id: channel.id, edited_timestamp: null })
  expect(Math.abs(snowflakeTime(body.id) - Date.now())).toBeLessThan(5_000)
  expect(await ask(path, { method: 'POST', body: { content: 'again' } })).toMatchObject({ status: 204 })
  expect(discord.messages(channel.id).map(({ content }) => content)).toEqual(['hello', 'again'])
})

test('a file comes back byte by byte from an address that is signed', async () => {
  const { path } = webhook()
  const form = new FormData()
  form.set('payload_json', JSON.stringify({ attachments: [{ id: 0 }] }))
  form.set('files[0]', new Blob(['{"seq":1}\n'], { type: 'application/jsonl' }), '1.jsonl')
  const { body } = await post(path, form)
  const [{ url, filename }] = body.attachments
  expect(filename).toBe('1.jsonl')
  expect(await (await fetch(url)).text()).toBe('{"seq":1}\n')
  expect((await fetch(url.replace(/hm=./, 'hm=x'))).status).toBe(404)
})

test.each([
  ['no content', {}, 50006],
  ['content over 2000', { content: 'x'.repeat(2_001) }, 50035],
  ['11 embeds', { embeds: Array(11).fill({ title: 'x' }) }, 50035],
  [
    'embeds of over 6000 characters in all',
    { embeds: Array(2).fill({ description: 'x'.repeat(3_001) }) },
    50035,
  ],
  ['26 fields', { embeds: [{ fields: Array(26).fill({ name: 'a', value: 'b' }) }] }, 50035],
  ['an empty field', { embeds: [{ fields: [{ name: 'a', value: ' ' }] }] }, 50035],
  ['a name that claims to be Discord', { content: 'x', username: 'Discord' }, 50035],
])('%s is refused', async (_, body, code) => {
  expect(await post(webhook().path, body)).toMatchObject({ status: 400, body: { code } })
})

test('a file over 10 MiB is refused', async () => {
  const form = new FormData()
  form.set('files[0]', new Blob([new Uint8Array(10 * 1024 * 1024 + 1)]), 'a.bin')
  expect(await post(webhook().path, form)).toMatchObject({ status: 413, body: { code: 40005 } })
})

test('a webhook takes 5 requests in 2 s and says so', async () => {
  const { path } = webhook()
  for (let left = 4; left >= 0; left -= 1) {
    const { headers } = await post(path, { content: 'x' })
    expect(headers.get('x-ratelimit-remaining')).toBe(String(left))
  }
  const { status, headers, body } = await post(path, { content: 'x' })
  expect(status).toBe(429)
  expect(body).toMatchObject({ global: false, retry_after: expect.any(Number) })
  expect(headers.get('x-ratelimit-scope')).toBe('user')
  expect(discord.counters).toMatchObject({ posts: 5, rateLimited: { webhook: 1 }, invalid: 1 })
  await sleep(body.retry_after * 1_000)
  expect(await post(path, { content: 'x' })).toMatchObject({ status: 200 })
})

test('all webhooks of a channel share what it takes in a minute', async () => {
  await discord.close()
  discord = await startDiscord({ limits: { channel: { requests: 3, ms: 60_000 } } })
  const { channel, path } = webhook()
  const other = discord.addWebhook(channel)
  for (let i = 0; i < 3; i += 1) await post(path, { content: 'x' })
  const refused = await post(`/webhooks/${other.id}/${other.token}`, { content: 'x' })
  expect(refused.headers.get('x-ratelimit-scope')).toBe('shared')
  expect(discord.counters).toMatchObject({ rateLimited: { channel: 1 }, invalid: 0 })
})

test('a deleted webhook is unknown, a wrong token invalid, and going on is counted', async () => {
  const { hook, path } = webhook()
  expect(await post(`/webhooks/${hook.id}/wrong`, { content: 'x' })).toMatchObject({
    status: 401,
    body: { code: 50027 },
  })
  discord.remove(hook)
  expect(await post(path, { content: 'x' })).toMatchObject({ status: 404, body: { code: 10015 } })
  await post(path, { content: 'x' })
  expect(discord.counters.deadUses).toBe(1)
})

test('mentions call people unless the message says not', async () => {
  const { path } = webhook()
  await post(path, { content: '<@123456> @everyone' })
  await post(path, { content: '<@123456> @everyone', allowed_mentions: { parse: [] } })
  expect(discord.pings.map(({ who }) => who)).toEqual(['users:123456'])
})

test('an edit leaves its mark, and calls whom it names', async () => {
  const { channel, path } = webhook()
  const { body } = await post(path, { content: 'before' })
  const edited = await ask(`${path}/messages/${body.id}`, {
    method: 'PATCH',
    body: { content: 'after @here' },
  })
  expect(edited.body).toMatchObject({ content: 'after @here', edited_timestamp: expect.any(String) })
  expect(discord.pings).toEqual([{ messageId: body.id, who: 'everyone:here' }])
  expect(await ask(`${path}/messages/${body.id}`, { method: 'DELETE' })).toMatchObject({ status: 204 })
  expect(discord.messages(channel.id)).toEqual([])
})

test('a message may be stored though its sender is told otherwise', async () => {
  const { channel, path } = webhook()
  discord.fail({ kind: 'status', status: 502, stored: true }, { times: 1 })
  expect((await fetch(`${discord.api}${path}`, json({ content: 'x' }))).status).toBe(502)
  discord.fail({ kind: 'cut', stored: true }, { times: 1 })
  await expect(fetch(`${discord.api}${path}`, json({ content: 'y' }))).rejects.toThrow()
  discord.fail({ kind: 'cut' }, { times: 1 })
  await expect(fetch(`${discord.api}${path}`, json({ content: 'z' }))).rejects.toThrow()
  expect(discord.messages(channel.id).map(({ content }) => content)).toEqual(['x', 'y'])
})

test('nobody listens during an outage', async () => {
  const { path } = webhook()
  await discord.refuse()
  await expect(post(path, { content: 'x' })).rejects.toThrow()
  await discord.listen()
  expect(await post(path, { content: 'x' })).toMatchObject({ status: 200 })
})

test('a bot makes channels and webhooks and reads what they hold', async () => {
  const { token } = discord.bot
  const made = await ask(`/guilds/${discord.guild.id}/channels`, {
    ...{ method: 'POST', token },
    body: { name: 'Helix API', topic: 'calls' },
  })
  expect(made).toMatchObject({ status: 201, body: { name: 'helix-api', topic: 'calls' } })
  const path = `/channels/${made.body.id}`
  const hook = await ask(`${path}/webhooks`, { method: 'POST', token, body: { name: 'Helix' } })
  expect(hook.body).toMatchObject({
    channel_id: made.body.id,
    url: expect.stringContaining('https://discord.com/'),
  })
  for (const content of ['one', 'two'])
    await post(`/webhooks/${hook.body.id}/${hook.body.token}`, { content })
  const { body } = await ask(`${path}/messages?after=0`, { token })
  expect(body.map(({ content }: { content: string }) => content)).toEqual(['two', 'one'])
})

test('a bot that denies a channel to everyone denies it to itself, unless it says otherwise', async () => {
  const { bot, guild } = discord
  const deny = { id: guild.id, type: 0 as const, allow: '0', deny: String(PERMISSIONS.viewChannel) }
  const allow = { id: bot.id, type: 1 as const, allow: String(PERMISSIONS.viewChannel), deny: '0' }
  const hidden = discord.addChannel('hidden', { overwrites: [deny] })
  const seen = discord.addChannel('seen', { overwrites: [deny, allow] })
  const read = (id: string) => ask(`/channels/${id}/webhooks`, { token: bot.token })
  expect(await read(hidden.id)).toMatchObject({ status: 403, body: { code: 50001 } })
  expect(await read(seen.id)).toMatchObject({ status: 200 })
})

test('without its rights a bot is refused, sees nothing, or sees it empty', async () => {
  const { channel, path } = webhook()
  await post(path, { content: 'secret' })
  const view = PERMISSIONS.viewChannel
  const bots = {
    blind: discord.addBot(discord.guild, { permissions: view }),
    unread: discord.addBot(discord.guild, {
      permissions: view | PERMISSIONS.readMessageHistory,
      messageContent: false,
    }),
  }
  const read = (token: string) => ask(`/channels/${channel.id}/messages`, { token })
  expect((await read(bots.blind.token)).body).toEqual([])
  expect((await read(bots.unread.token)).body).toMatchObject([{ content: '', embeds: [], attachments: [] }])
  expect(await read('wrong')).toMatchObject({ status: 401 })
  const make = { method: 'POST', token: bots.blind.token, body: { name: 'x' } }
  expect(await ask(`/guilds/${discord.guild.id}/channels`, make)).toMatchObject({
    status: 403,
    body: { code: 50013 },
  })
})

test('a channel has at most 15 webhooks', async () => {
  const { channel } = webhook()
  for (let i = 1; i < 15; i += 1) discord.addWebhook(channel)
  const more = { method: 'POST', token: discord.bot.token, body: { name: 'Helix' } }
  expect(await ask(`/channels/${channel.id}/webhooks`, more)).toMatchObject({
    status: 400,
    body: { code: 30007 },
  })
})

test('who goes on with what is refused is shut out', async () => {
  await discord.close()
  discord = await startDiscord({ limits: { invalid: { requests: 3, ms: 60_000 } } })
  for (let i = 0; i < 3; i += 1) await ask('/users/@me', { token: 'wrong' })
  const response = await fetch(`${discord.api}/users/@me`)
  expect(response.status).toBe(429)
  expect(await response.text()).toContain('1015')
})

function json(body: unknown): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
