import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { readLogId } from '../../src/audit/append.ts'
import { type StrictDiscord, startDiscord } from '../../test/discord/discord.ts'
import type { Asked } from '../../test/discord/faults.ts'
import { PERMISSIONS } from '../../test/discord/permissions.ts'
import { startTestGateway } from '../../test/support/gateway.ts'
import { helix, type Ran } from '../../test/support/host.ts'
import { postgresUnavailable } from '../../test/support/postgres.ts'
import { tempProject } from '../../test/support/project.ts'

const LEAST = PERMISSIONS.manageChannels | PERMISSIONS.manageWebhooks | PERMISSIONS.viewChannel
const NAMES = 'commands api heartbeat file-changes consciousness alerts hash-chain'.split(' ')
const ROOMS = NAMES.map((name) => `helix-${name}`)

let discord: StrictDiscord
let root: string
let said: string
beforeEach(async () => {
  discord = await startDiscord()
  root = tempProject({ 'helix.config.mjs': 'export default {}' })
  said = ''
})
afterEach(async () => {
  const secrets = [...discord.webhooks().map(({ token }) => token), discord.bot.token]
  for (const secret of secrets) expect(said).not.toContain(secret)
  await discord.close()
})

async function run(
  argv: string[],
  { env = {}, stdin }: { env?: Record<string, string | undefined>; stdin?: string } = {},
): Promise<Ran> {
  const given = { HELIX_DISCORD_API: discord.api, DISCORD_BOT_TOKEN: discord.bot.token, ...env }
  const environment = Object.fromEntries(
    Object.entries({ HELIX_DATA_DIR: join(root, 'data'), ...given }).filter(
      ([, value]) => value !== undefined,
    ),
  ) as Record<string, string>
  const ran = await helix(['discord', ...argv], { environment, cwd: root, ...(stdin && { stdin }) })
  said += ran.stdout + ran.stderr + journal()
  return ran
}
const setUp = (...more: string[]) => run(['setup', '--guild', discord.guild.id, ...more])
const data = ({ stdout }: Ran) => JSON.parse(stdout).data
const envFile = () => readFileSync(join(root, '.env.local'), 'utf8')

function journal(): string {
  try {
    return readFileSync(join(root, 'data/journal.jsonl'), 'utf8')
  } catch {
    return ''
  }
}

describe('helix discord setup with a bot', () => {
  it('makes a category, seven hidden channels and their webhooks, and writes them down', async () => {
    const mine = 'PORT=1 # mine\r\n\r\nDISCORD_WEBHOOK_API=\r\n'
    root = tempProject({ '.env.local': mine, 'helix.config.mjs': 'export default {}' })
    discord.bot.permissions = LEAST
    const ran = await setUp('--yes')
    expect(ran).toMatchObject({ exit: 0, stderr: '', stdout: expect.stringContaining('is set up') })
    const [category, ...channels] = discord.channels()
    expect(category).toMatchObject({ type: 4, name: 'Helix' })
    expect(channels.map(({ name }) => name)).toEqual(ROOMS)
    for (const channel of channels) {
      expect(channel).toMatchObject({ type: 0, parentId: category?.id, topic: expect.stringMatching(/./) })
      const everyone = channel.overwrites.find(({ id }) => id === discord.guild.id)
      expect(BigInt(everyone?.deny ?? 0) & PERMISSIONS.viewChannel).toBeTruthy()
      expect(discord.webhooks().filter(({ channelId }) => channelId === channel.id)).toHaveLength(1)
    }
    const of = (name: string) => {
      const channel = channels.find((each) => each.name === name)
      const webhook = discord.webhooks().find(({ channelId }) => channelId === channel?.id)
      return webhook ? discord.addressOf(webhook) : ''
    }
    expect(envFile()).toBe(
      `PORT=1 # mine\r\n\r\nDISCORD_WEBHOOK_API="${of('helix-api')}"\r\n${NAMES.filter(
        (name) => name !== 'api',
      )
        .map((name) => `DISCORD_WEBHOOK_${name.toUpperCase().replace('-', '_')}="${of(`helix-${name}`)}"\r\n`)
        .join('')}`,
    )
    expect(statSync(join(root, '.env.local')).mode & 0o777).toBe(0o600)
  })

  it('run twice changes nothing and says so', async () => {
    await setUp('--yes')
    const [before, made, written] = [envFile(), JSON.stringify(discord.channels()), journal()]
    const again = await setUp('--json')
    expect(data(again)).toMatchObject({ steps: [], changed: false, warnings: [] })
    expect((await setUp()).stdout).toContain('nothing was changed')
    expect([envFile(), JSON.stringify(discord.channels()), journal()]).toEqual([before, made, written])
    expect(discord.webhooks()).toHaveLength(7)
  })

  it('run by two at the same moment makes each thing once', async () => {
    const ran = await Promise.all([setUp('--yes'), setUp('--yes'), setUp('--yes')])
    expect(ran.map(({ exit }) => exit)).toEqual([0, 0, 0])
    expect(discord.channels().map(({ name }) => name)).toEqual(['Helix', ...ROOMS])
    expect(discord.webhooks()).toHaveLength(7)
    expect(data(await setUp('--json'))).toMatchObject({ steps: [], changed: false })
  }, 120_000)

  it('says with --dry-run each thing it would do, and asks for consent before it does', async () => {
    const dry = await setUp('--dry-run')
    for (const name of ROOMS) expect(dry.stdout).toContain(`a webhook in #${name}`)
    expect(dry.stdout).toContain('DISCORD_WEBHOOK_HASH_CHAIN in .env.local')
    expect(await setUp()).toMatchObject({ exit: 2, stderr: expect.stringContaining('--yes') })
    expect(discord.channels()).toEqual([])
    expect(journal()).toBe('')
  })

  it('has each step on the journal before Discord is asked', async () => {
    await setUp('--yes')
    const entries = journal()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const kinds = entries.map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'discord.channel.create.start')).toHaveLength(8)
    expect(kinds.filter((kind) => kind === 'discord.webhook.create.start')).toHaveLength(7)
    expect(kinds.slice(-2)).toEqual(['file.write.start', 'file.write.end'])
    for (const [index, kind] of kinds.entries())
      if (kind.endsWith('.start')) expect(kinds[index + 1]).toBe(kind.replace('start', 'end'))
    const opened = discord.requests.find(({ method }) => method === 'POST')
    expect(Date.parse(entries[0].at)).toBeLessThanOrEqual(opened?.at ?? 0)
  })

  it('uses what is there: a channel elsewhere, a webhook of the bot, and one it was told of', async () => {
    const elsewhere = discord.addChannel('helix-api', { topic: 'kept' })
    const own = discord.addWebhook(elsewhere, 'Helix')
    const alerts = discord.addChannel('helix-alerts')
    const told = discord.addWebhook(alerts, 'Captain')
    told.applicationId = '1'
    const env = { DISCORD_WEBHOOK_ALERTS: discord.addressOf(told) }
    const ran = await run(['setup', '--guild', discord.guild.id, '--yes', '--json'], { env })
    expect(ran.exit).toBe(0)
    const { channels, warnings } = data(ran)
    expect(channels[1]).toMatchObject({ id: elsewhere.id, webhookId: own.id })
    expect(channels[5]).toMatchObject({ id: alerts.id, webhookId: told.id })
    expect(elsewhere.topic).toBe('kept')
    expect(warnings.join()).toMatch(
      /#helix-api was there before.*#helix-alerts.*DISCORD_WEBHOOK_ALERTS is set/s,
    )
    expect(discord.webhooks()).toHaveLength(7)
  })

  it('takes of two channels of a name the one in the category, else refuses with their ids', async () => {
    const first = discord.addChannel('helix-api')
    const second = discord.addChannel('helix-api')
    const refused = await setUp('--yes')
    expect(refused).toMatchObject({ exit: 3, stderr: expect.stringContaining(`${first.id}, ${second.id}`) })
    second.parentId = discord.addChannel('Helix', { type: 4 }).id
    expect(data(await setUp('--yes', '--json')).channels[1]).toMatchObject({ id: second.id })
  })

  it('names the permission that is missing, and the link that gives it', async () => {
    discord.bot.permissions = PERMISSIONS.manageChannels | PERMISSIONS.viewChannel
    const ran = await setUp('--yes')
    expect(ran).toMatchObject({ exit: 3, stderr: expect.stringContaining('lacks MANAGE_WEBHOOKS') })
    expect(ran.stderr).not.toContain('MANAGE_CHANNELS')
    expect(ran.stderr).toContain(`client_id=${discord.bot.id}&scope=bot&permissions=${LEAST}`)
    expect(discord.channels()).toEqual([])
    const other = discord.addGuild()
    const stranger = await run(['setup', '--guild', other.id, '--yes'])
    expect(stranger).toMatchObject({ exit: 3, stderr: expect.stringContaining('is not in the server') })
    discord.bot.permissions = LEAST
    const overwrites = [{ id: discord.guild.id, type: 0 as const, allow: '0', deny: String(1n << 29n) }]
    discord.addChannel('helix-commands', { overwrites })
    const within = await setUp('--yes')
    expect(within.stderr).toContain('lacks MANAGE_WEBHOOKS')
    expect(within.stderr).toContain('#helix-commands')
  })

  it('says which webhook of another channel an entry loses', async () => {
    await setUp('--yes')
    const other = discord.addWebhook(discord.addChannel('lounge'))
    const text = envFile().replace(/(?<=DISCORD_WEBHOOK_API=")[^"]+/, discord.addressOf(other))
    writeFileSync(join(root, '.env.local'), text)
    const dry = await setUp('--dry-run')
    expect(dry.stdout).toContain(`DISCORD_WEBHOOK_API in .env.local, in place of webhook ${other.id}`)
    expect(data(await setUp('--yes', '--json')).steps).toHaveLength(1)
    expect(envFile()).not.toContain(other.token)
  })

  it('gets through a limit that all share', async () => {
    await discord.close()
    discord = await startDiscord({ limits: { global: { requests: 4, ms: 200 } } })
    expect(await setUp('--yes')).toMatchObject({ exit: 0 })
    expect(discord.counters.rateLimited.global).toBeGreaterThan(0)
    expect(discord.webhooks()).toHaveLength(7)
  })

  it('goes on where a failure ended it, and makes nothing twice', async () => {
    const when = ({ method, path }: Asked) => method === 'POST' && path.endsWith('/webhooks')
    await discord.close()
    discord = await startDiscord({ limits: { route: { requests: 50, ms: 1_000 } } })
    const end = discord.fail({ kind: 'status', status: 500, stored: true }, { when })
    expect(await setUp('--yes')).toMatchObject({ exit: 1, stderr: expect.stringContaining('answer 500') })
    end()
    expect(await setUp('--yes')).toMatchObject({ exit: 0 })
    expect(discord.channels()).toHaveLength(8)
    expect(discord.webhooks()).toHaveLength(7)
  })

  it('waits as long as Discord says, so that nothing is refused twice', async () => {
    await discord.close()
    discord = await startDiscord({ limits: { route: { requests: 3, ms: 300 } } })
    expect(await setUp('--yes')).toMatchObject({ exit: 0 })
    expect(discord.counters.rateLimited).toMatchObject({ route: 0, global: 0 })
    expect(discord.channels()).toHaveLength(8)
  })

  it('ends with 10 for a token Discord does not know, and with 2 without a server', async () => {
    const env = { DISCORD_BOT_TOKEN: `${discord.bot.token}x` }
    expect(await run(['setup', '--guild', discord.guild.id], { env })).toMatchObject({ exit: 10 })
    const which = await run(['setup'])
    expect(which).toMatchObject({ exit: 2, stderr: expect.stringContaining('--guild') })
    expect(which.stderr).toContain(`${discord.guild.id} (Operations)`)
  })
})

describe('helix discord setup by hand', () => {
  const hand = (stdin: string, ...more: string[]) =>
    run(['setup', '--webhooks-stdin', ...more], { stdin, env: { DISCORD_BOT_TOKEN: undefined } })

  it('says how, without a bot', async () => {
    const ran = await run(['setup'], { env: { DISCORD_BOT_TOKEN: undefined } })
    expect(ran).toMatchObject({ exit: 3, stderr: expect.stringContaining('--webhooks-stdin') })
    expect(ran.stderr).toContain('discord.com/developers')
  })

  it('checks the webhooks that are set, without a bot', async () => {
    const all = discord.addWebhook(discord.addChannel('all'))
    const gone = discord.addWebhook(discord.addChannel('gone'))
    const env = { DISCORD_BOT_TOKEN: undefined, DISCORD_WEBHOOK_URL: discord.addressOf(all) }
    expect(await run(['setup'], { env })).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('checked'),
    })
    discord.remove(gone)
    const broken = { ...env, DISCORD_WEBHOOK_API: discord.addressOf(gone) }
    expect(await run(['setup'], { env: broken })).toMatchObject({ exit: 1 })
    expect(said).not.toContain(gone.token)
  })

  it('checks the webhooks on stdin and writes them; a second time there is nothing to write', async () => {
    const [api, all] = ['api', 'all'].map((name) => discord.addWebhook(discord.addChannel(name)))
    if (!api || !all) throw new Error('no webhooks')
    const lines = `helix-api=${discord.addressOf(api)}\nDISCORD_WEBHOOK_URL="${discord.addressOf(all)}"\n`
    expect(await hand(lines)).toMatchObject({ exit: 2, stderr: expect.stringContaining('--yes') })
    expect(await hand(lines, '--yes')).toMatchObject({ exit: 0 })
    expect(envFile()).toBe(
      `DISCORD_WEBHOOK_API="${discord.addressOf(api)}"\nDISCORD_WEBHOOK_URL="${discord.addressOf(all)}"\n`,
    )
    expect(data(await hand(lines, '--json'))).toMatchObject({ entries: [], changed: false })
    expect(journal()).toContain('file.write.start')
    const env = { DISCORD_WEBHOOK_URL: discord.addressOf(api) }
    const hidden = await run(['setup', '--webhooks-stdin'], { stdin: lines, env })
    expect(hidden.stdout).toContain('DISCORD_WEBHOOK_URL is set in the environment too')
  })

  it('writes nothing when one does not work or cannot be read, and never shows what was given', async () => {
    const good = discord.addWebhook(discord.addChannel('a'))
    const gone = discord.addWebhook(discord.addChannel('b'))
    discord.remove(gone)
    const lines = `api=${discord.addressOf(good)}\nalerts=${discord.addressOf(gone)}`
    const ran = await hand(lines, '--yes')
    expect(ran).toMatchObject({ exit: 1, stdout: expect.stringContaining('the webhook is gone') })
    for (const text of [
      discord.addressOf(good),
      `sky=${discord.addressOf(good)}`,
      'api=https://example.com/x',
      '',
    ]) {
      expect(await hand(text || '\n', '--yes')).toMatchObject({ exit: 2 })
    }
    expect(said).not.toContain(gone.token)
    expect(envFile).toThrow()
  })
})

describe('helix discord test and status', () => {
  it('post to each channel and show what came back', async () => {
    await setUp('--yes')
    const ran = await run(['test', '--json'])
    expect(ran.exit).toBe(0)
    const { channels } = data(ran)
    for (const { name, messageId, channelId, at } of channels) {
      const room = discord.channels().find((each) => each.name === name)
      const [message] = discord.messages(room?.id ?? '')
      expect(message).toMatchObject({ id: messageId, content: expect.stringContaining(`#${name}`) })
      expect(channelId).toBe(room?.id)
      expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(60_000)
    }
    expect(channels).toHaveLength(7)
    expect(discord.pings).toEqual([])
    const status = await run(['status', '--json'])
    expect(status.exit).toBe(0)
    expect(data(status).channels.map(({ lastMessage }: { lastMessage: object }) => lastMessage)).toEqual(
      channels.map(({ messageId: id, at }: { messageId: string; at: string }) => ({ id, at })),
    )
  })

  it('end with 1 and say what to do when a webhook is gone, shared or wrong', async () => {
    await setUp('--yes')
    const [commands, api] = discord.webhooks()
    if (!commands || !api) throw new Error('no webhooks')
    discord.remove(commands)
    const env = {
      DISCORD_WEBHOOK_ALERTS: discord.addressOf(api),
      DISCORD_WEBHOOK_HEARTBEAT: 'https://example.com/',
    }
    const test = await run(['test'], { env })
    expect(test).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('#helix-commands, #helix-heartbeat'),
    })
    const status = await run(['status', '--json'], { env })
    expect(status.exit).toBe(1)
    const problems = data(status).channels.map(({ problem }: { problem: string | null }) => problem)
    expect(problems).toEqual([
      expect.stringContaining('the webhook is gone: Unknown Webhook (10015)'),
      'it posts to the same channel as alerts',
      expect.stringContaining('DISCORD_WEBHOOK_HEARTBEAT: it is not the address'),
      null,
      null,
      'it posts to the same channel as api',
      null,
    ])
    expect(said).not.toContain(commands.token)
    expect(discord.counters.deadUses).toBeLessThanOrEqual(1)
  })

  it('say that nothing is set up, and what one webhook serves', async () => {
    expect(await run(['test'])).toMatchObject({
      exit: 3,
      stderr: expect.stringContaining('helix discord setup'),
    })
    const env = { DISCORD_WEBHOOK_URL: discord.addressOf(discord.addWebhook(discord.addChannel('all'))) }
    const status = await run(['status'], { env })
    expect(status).toMatchObject({ exit: 0, stdout: expect.stringContaining('shared (DISCORD_WEBHOOK_URL)') })
    expect(await run(['test'], { env })).toMatchObject({ exit: 0 })
    expect(discord.counters.rateLimited).toMatchObject({ webhook: 0 })
  })

  it('are honest when Discord is away', async () => {
    await setUp('--yes')
    await discord.refuse()
    const status = await run(['test', '--json'])
    expect(status.exit).toBe(1)
    expect(said).toContain('Discord did not answer')
  })

  it('talk to no stand-in in production', async () => {
    const env = { NODE_ENV: 'production' }
    expect(await run(['status'], { env })).toMatchObject({
      exit: 3,
      stderr: expect.stringContaining('HELIX_DISCORD_API'),
    })
  })
})

it.skipIf(postgresUnavailable)(
  `is on the chain where a database is at hand ${postgresUnavailable ?? ''}`,
  async () => {
    const gateway = await startTestGateway({ engine: 'postgres' })
    onTestFinished(() => gateway.close())
    const env = { DATABASE_URL: gateway.databaseUrl }
    expect(await run(['setup', '--guild', discord.guild.id, '--yes'], { env })).toMatchObject({ exit: 0 })
    const entries = await gateway.db.query<{ kind: string; data: object }>(
      `select kind, data from public.audit_entries where actor like 'cli:%' order by seq`,
    )
    expect(entries).toHaveLength(32)
    expect(entries[0]).toMatchObject({ kind: 'discord.channel.create.start', data: { name: 'Helix' } })
    said += JSON.stringify(entries)
    expect(journal()).toBe('')

    // What a gateway posted is known without the bot.
    const posted = async (seq: number, id: string) =>
      gateway.db.query(
        `insert into public.discord_outbox (log_id, channel, what, first_seq, last_seq, webhook_id, message_id)
         values ($1, 'api', 'entries', $2, $2, '1', $3)`,
        [await readLogId(gateway.db), seq, id],
      )
    await posted(1, '1575199265343406080')
    await posted(2, '1575199265343406081')
    const status = await run(['status', '--json'], { env: { ...env, DISCORD_BOT_TOKEN: undefined } })
    expect(data(status).channels.map(({ lastMessage }: { lastMessage: object }) => lastMessage)).toEqual([
      null,
      { id: '1575199265343406081', at: '2026-11-25T17:19:30.645Z' },
      ...[null, null, null, null, null],
    ])
  },
)
