import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type DiscordOptions, type StrictDiscord, startDiscord } from '../../test/discord/discord.ts'
import { type EmptyDatabase, engines } from '../../test/support/engines.ts'
import { appendEntries, auditHead, readHead } from '../audit/append.ts'
import { CHANNELS, type Channel } from '../audit/entry.ts'
import { exportLines } from '../audit/export.ts'
import type { Database } from '../db/database.ts'
import { migrate } from '../db/migrations/migrate.ts'
import { parseWebhook } from './address.ts'
import { createConfirmations } from './confirmations.ts'
import type { DiscordFailure } from './failure.ts'
import { createOutbox, type Outbox, type OutboxDeps } from './outbox.ts'
import { createSender } from './sender.ts'

/** As fast as Discord lets a webhook of this test be: its minute is a second. */
const QUICK: DiscordOptions = {
  limits: { webhook: { requests: 50, ms: 200 }, channel: { requests: 100, ms: 1_000 } },
}
const PACE = { burst: 4, refillMs: 20 }

for (const engine of engines) {
  describe.skipIf(engine.unavailable)(`the outbox on ${engine.name}`, () => {
    let database: EmptyDatabase
    let db: Database
    let discord: StrictDiscord
    const stopped: { channels: Channel[]; failure: DiscordFailure }[] = []
    const errors: unknown[] = []

    const running: Outbox[] = []

    beforeAll(async () => {
      database = await engine.start()
      await migrate(database.db, { mode: database.mode })
      db = await database.gateway()
    })
    afterAll(() => database?.stop())
    beforeEach(async () => {
      await db.query(
        "update public.audit_head set log_id = helix.random_log_id(), seq = 0, hash = repeat('0', 64)",
      )
      discord = await startDiscord(QUICK)
      stopped.length = 0
      errors.length = 0
    })
    afterEach(async () => {
      await Promise.all(running.splice(0).map((outbox) => outbox.stop()))
      await discord.close()
      expect(errors).toEqual([])
    })

    const append = async (channels: readonly Channel[], data: Record<string, unknown> = {}) => {
      const { log } = await readHead(db)
      const heads = channels.map((channel, n) =>
        auditHead(log, { channel, kind: 'test.noted', actor: 'cli:test', data: { n, ...data } }, new Date()),
      )
      return appendEntries(db, heads)
    }
    const webhook = (channel: Channel) => {
      const made = discord.addChannel(`helix-${channel}`)
      return { id: made.id, hook: discord.addWebhook(made) }
    }
    const addressOf = (hook: { id: string; token: string }) => {
      const address = parseWebhook(`https://discord.com/api/webhooks/${hook.id}/${hook.token}`, discord.api)
      if (!address) throw new Error('no address')
      return address
    }
    const run = (addresses: OutboxDeps['addresses'], more: Partial<OutboxDeps> = {}) => {
      const outbox = createOutbox({
        ...{ db, addresses, instance: 'one', sole: false, beatMs: 20, leaseMs: 1_000 },
        sender: createSender({ pace: PACE, answerMs: 400 }),
        onStopped: (channels, failure) => stopped.push({ channels, failure }),
        onError: (error) => errors.push(error),
        ...more,
      })
      running.push(outbox)
      outbox.start()
      return outbox
    }
    const lines = (channelId: string) =>
      discord
        .messages(channelId)
        .flatMap(({ attachments }) => attachments)
        .filter(({ filename }) => filename.endsWith('.jsonl'))
        .map(({ bytes }) => bytes.toString())
        .join('')
    const exported = async (channels: readonly Channel[] = CHANNELS) => {
      let text = ''
      for await (const line of exportLines(db)) if (channels.includes(JSON.parse(line).channel)) text += line
      return text
    }
    const limited = () => Object.values(discord.counters.rateLimited).reduce((sum, count) => sum + count)

    it('posts the exact export lines of each channel to its own webhook, in order and once', async () => {
      const places = new Map(CHANNELS.map((channel) => [channel, webhook(channel)]))
      await append(CHANNELS)
      run(new Map([...places].map(([channel, { hook }]) => [channel, addressOf(hook)])))
      await expect.poll(() => discord.counters.posts, { timeout: 5_000 }).toBe(7)
      await append([...CHANNELS, 'api', 'api'], { text: 'hey @everyone <@123456> ``` done' })
      for (const [channel, { id }] of places)
        await expect.poll(() => lines(id), { timeout: 5_000 }).toBe(await exported([channel]))
      expect(discord.pings).toEqual([])
      expect(limited()).toBe(0)
      const embed = discord.messages(places.get('api')?.id ?? '').at(-1)?.embeds[0]
      expect(embed).toMatchObject({
        title: '3 entries, #9 to #16',
        footer: { text: expect.stringContaining('#16 is') },
      })
    })

    it('keeps the id of each message with what it holds', async () => {
      const { id, hook } = webhook('api')
      await append(['api', 'commands', 'api'])
      run(new Map([['api', addressOf(hook)]]))
      await expect.poll(() => lines(id), { timeout: 5_000 }).toBe(await exported(['api']))
      await expect
        .poll(() => db.query('select * from public.discord_outbox order by sent_at desc limit 1'), {
          timeout: 5_000,
        })
        .toMatchObject([
          {
            ...{ channel: 'api', what: 'entries', first_seq: 1, last_seq: 3, webhook_id: hook.id },
            message_id: discord.messages(id)[0]?.id,
          },
        ])
    })

    it('drains what waited through an outage, and nothing is there twice', async () => {
      const { id, hook } = webhook('api')
      await append(['api'])
      const outbox = run(new Map([['api', addressOf(hook)]]))
      await expect.poll(() => discord.counters.posts, { timeout: 5_000 }).toBe(1)
      await discord.refuse()
      await append(Array(300).fill('api'))
      await expect.poll(() => outbox.state()).toBe('degraded')
      await discord.listen()
      await expect.poll(() => lines(id), { timeout: 10_000 }).toBe(await exported())
      await expect.poll(() => outbox.state()).toBe('ok')
    })

    it.each([
      { kind: 'status', status: 502, stored: true },
      { kind: 'cut', stored: true },
      { kind: 'cut' },
      { kind: 'status', status: 500 },
    ] as const)('reads back before it sends again what may be there: %o', async (fault) => {
      const { id, hook } = webhook('api')
      await append(['api', 'api'])
      discord.fail(fault, { times: 1, when: ({ method }) => method === 'POST' })
      run(new Map([['api', addressOf(hook)]]), { botToken: discord.bot.token })
      await append(['api'])
      await expect.poll(() => lines(id), { timeout: 10_000 }).toBe(await exported())
      await sleep(200)
      expect(lines(id)).toBe(await exported())
    })

    it('sends twice rather than never where nobody can look it up', async () => {
      const { id, hook } = webhook('api')
      const blind = discord.addBot(discord.guild, { permissions: 0n })
      await append(['api'])
      discord.fail({ kind: 'cut', stored: true }, { times: 1, when: ({ method }) => method === 'POST' })
      run(new Map([['api', addressOf(hook)]]), { botToken: blind.token })
      const once = await exported()
      await expect.poll(() => lines(id), { timeout: 10_000 }).toBe(once + once)
      expect(stopped).toEqual([])
    })

    it('asks a webhook that is gone once, and goes on with the others', async () => {
      const [gone, there] = [webhook('api'), webhook('commands')]
      discord.remove(gone.hook)
      await append(['api', 'commands'])
      const addresses = new Map<Channel, ReturnType<typeof addressOf>>([
        ['api', addressOf(gone.hook)],
        ['file-changes', addressOf(gone.hook)],
        ['commands', addressOf(there.hook)],
      ])
      const outbox = run(addresses)
      await expect.poll(() => lines(there.id), { timeout: 5_000 }).toBe(await exported(['commands']))
      await append(['api', 'file-changes', 'commands'])
      await expect.poll(() => lines(there.id), { timeout: 5_000 }).toBe(await exported(['commands']))
      expect(stopped).toMatchObject([
        { channels: ['api', 'file-changes'], failure: { kind: 'dead', code: 10015 } },
      ])
      expect(discord.requests.filter(({ path }) => path.includes(gone.hook.id))).toHaveLength(1)
      expect(discord.counters.deadUses).toBe(0)
      expect(outbox.state()).toBe('degraded')
    })

    it('leaves out the entry that Discord refuses, says so on the chain, and goes on in order', async () => {
      const { id, hook } = webhook('api')
      await append(Array(20).fill('api'))
      await append(['api'], { poison: true })
      await append(Array(20).fill('api'))
      const refuse = { kind: 'refuse', status: 413, code: 40005 } as const
      discord.fail(refuse, { when: ({ body }) => body.includes('poison') })
      const refused: Channel[] = []
      const outbox = run(new Map([['api', addressOf(hook)]]), {
        onRefused: (channel) => refused.push(channel),
      })
      await append(['api'])
      const good = async () =>
        (await exported(['api']))
          .split(/(?<=\n)/)
          .filter((line) => !line.includes('poison'))
          .join('')
      await expect.poll(() => lines(id), { timeout: 15_000 }).toBe(await good())
      const told = await db.query(
        `select channel, data from public.audit_entries e join public.audit_head h on h.log_id = e.log_id
         where kind = 'discord.undeliverable'`,
      )
      expect(told).toMatchObject([
        { channel: 'alerts', data: { channel: 'api', seq: 21, status: 413, code: 40005 } },
      ])
      expect(refused).toEqual([])
      expect(outbox.state()).toBe('ok')
      expect(limited()).toBe(0)
      const posts = discord.messages(id).length
      await append(Array(30).fill('api'))
      await expect.poll(() => lines(id), { timeout: 5_000 }).toBe(await good())
      expect(discord.messages(id).length).toBeLessThanOrEqual(posts + 2)
    })

    it('rests, and tells, where Discord refuses one entry after the other', async () => {
      const { id, hook } = webhook('api')
      await append(Array(9).fill('api'))
      discord.fail({ kind: 'refuse', status: 400, code: 50035 }, { when: ({ method }) => method === 'POST' })
      const refused: Channel[] = []
      const outbox = run(new Map([['api', addressOf(hook)]]), {
        onRefused: (channel) => refused.push(channel),
      })
      await expect.poll(() => refused, { timeout: 15_000 }).toEqual(['api'])
      const asked = discord.requests.length
      await sleep(300)
      expect(discord.requests.length).toBe(asked)
      expect(discord.messages(id)).toEqual([])
      expect(outbox.state()).toBe('degraded')
    })

    it('goes on, without a restart, with the webhook that took the place of one that was gone', async () => {
      const { id, hook } = webhook('api')
      await append(['api'])
      const replaced: Channel[][] = []
      const now = new Map<Channel, ReturnType<typeof addressOf>>([['api', addressOf(hook)]])
      const outbox = run(new Map(now), {
        ...{ lookAgain: async () => now, lookAgainMs: 50 },
        onReplaced: (channels) => replaced.push(channels),
      })
      await expect.poll(() => lines(id), { timeout: 5_000 }).toBe(await exported())
      discord.remove(hook)
      await append(['api'])
      await expect.poll(() => stopped.length, { timeout: 5_000 }).toBe(1)
      await sleep(200)
      expect(discord.counters.deadUses).toBe(0)
      const channel = discord.channels().find((each) => each.id === id)
      if (!channel) throw new Error('no channel')
      now.set('api', addressOf(discord.addWebhook(channel)))
      await append(['api'])
      await expect.poll(() => lines(id), { timeout: 5_000 }).toBe(await exported())
      expect(replaced).toEqual([['api']])
      expect(outbox.state()).toBe('ok')
    })

    it('waits as long as it is told to', async () => {
      await append(['api'])
      await discord.close()
      discord = await startDiscord({ limits: { webhook: { requests: 2, ms: 500 } } })
      const other = discord.addChannel('helix-api')
      const address = addressOf(discord.addWebhook(other))
      run(new Map([['api', address]]))
      for (let i = 0; i < 3; i += 1) {
        await append(['api'])
        await sleep(60)
      }
      await expect.poll(() => lines(other.id), { timeout: 5_000 }).toBe(await exported())
      expect(limited()).toBe(0)
    })

    it('ends within its last moment where Discord does not answer, and takes nothing up after it', async () => {
      const [api, commands] = [webhook('api'), webhook('commands')]
      await append(['api'])
      let asked = 0
      const counted = () => {
        asked += 1
        return true
      }
      discord.fail({ kind: 'slow', ms: 20_000 }, { when: counted })
      const addresses = new Map([
        ['api', addressOf(api.hook)],
        ['commands', addressOf(commands.hook)],
      ] as const)
      const sender = createSender({ pace: PACE, answerMs: 30_000 })
      const outbox = run(addresses, { sole: true, sender })
      await expect.poll(() => asked, { timeout: 5_000 }).toBe(1)
      const ended = outbox.stop().then(() => 'ended')
      await append(['commands'])
      expect(await Promise.race([ended, sleep(6_000, 'still there')])).toBe('ended')
      expect(asked).toBe(1)
    }, 30_000)

    it('confirms what Discord has, and not what it refused though it has what follows', async () => {
      const { id, hook } = webhook('api')
      const { log } = await readHead(db)
      const poisoned = await append(['api'], { poison: true })
      const good = await append(['api'])
      discord.fail(
        { kind: 'refuse', status: 400, code: 50035 },
        { when: ({ body }) => body.includes('poison') },
      )
      run(new Map([['api', addressOf(hook)]]))
      const confirm = createConfirmations({ db, log })('api')
      const [refused, had] = await Promise.allSettled([confirm(poisoned), confirm(good)])
      expect(had.status).toBe('fulfilled')
      expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'audit_unavailable' } })
      expect(lines(id)).not.toContain('poison')
    })

    it('no failure holds an address or a token', async () => {
      const { hook } = webhook('api')
      const failures: DiscordFailure[] = []
      await append(['api'])
      discord.fail({ kind: 'status', status: 500 }, { times: 1 })
      discord.fail({ kind: 'cut' }, { times: 1 })
      run(new Map([['api', addressOf(hook)]]), { onFailure: (failure) => failures.push(failure) })
      await expect.poll(() => failures.length, { timeout: 5_000 }).toBe(2)
      const told = failures
        .map((failure) => `${failure.stack} ${JSON.stringify(failure)} ${failure.cause}`)
        .join()
      expect(told).not.toContain(hook.token)
      expect(told).not.toContain('http://')
    })

    it('posts every checkpoint that is kept beside the entries', async () => {
      const { id, hook } = webhook('hash-chain')
      const { log } = await readHead(db)
      await append(['hash-chain'])
      for (const size of [1, 2])
        await db.query(
          'insert into public.audit_checkpoints (log_id, size, root, note, leaves) values ($1, $2, $3, $4, $5)',
          [...[log, size, 'a'.repeat(64), `helix/${log}\n${size}\nroot=\n\n— sig\n`], new Uint8Array(32)],
        )
      run(new Map([['hash-chain', addressOf(hook)]]))
      await expect.poll(() => discord.messages(id).length, { timeout: 5_000 }).toBe(2)
      const notes = discord.messages(id)[1]?.attachments ?? []
      expect(notes.map(({ bytes }) => bytes.toString().split('\n')[1])).toEqual(['1', '2'])
    })
  })
}

describe.skipIf(engines[0]?.unavailable)(`two gateways on ${engines[0]?.name}`, () => {
  it('one sends, the other goes on when it ends or is cut off, and nothing is lost or out of order', async () => {
    const database = await (engines[0] as (typeof engines)[number]).start()
    onTestFinished(() => database.stop())
    await migrate(database.db, { mode: database.mode })
    const discord = await startDiscord(QUICK)
    onTestFinished(() => discord.close())
    const channel = discord.addChannel('helix-api')
    const hook = discord.addWebhook(channel)
    const address = parseWebhook(discord.addressOf(hook), discord.api)
    if (!address) throw new Error('no address')
    const open = async (instance: string) => {
      const db = await database.gateway()
      const outbox = createOutbox({
        ...{
          db,
          addresses: new Map([['api' as const, address]]),
          instance,
          sole: false,
          beatMs: 20,
          leaseMs: 600,
        },
        sender: createSender({ pace: PACE, answerMs: 200 }),
        botToken: discord.bot.token,
        ...{ onStopped: () => {}, onError: () => {} },
      })
      onTestFinished(() => outbox.stop())
      outbox.start()
      return { db, outbox }
    }
    const [one, two] = [await open('one'), await open('two')]
    const { log } = await readHead(one.db)
    for (let i = 0; i < 60; i += 1) {
      await appendEntries(
        two.db,
        [1, 2, 3].map((n) =>
          auditHead(log, { channel: 'api', kind: 'a.b', actor: 'cli:t', data: { n } }, new Date()),
        ),
      )
      if (i === 20) await one.outbox.stop()
      if (i === 40) {
        // A process that hangs keeps its lease no longer than it lasts.
        await two.db.query('update public.leases set holder = $1, token = token + 1', ['three'])
      }
      await sleep(10)
    }
    const lines = () =>
      discord
        .messages(channel.id)
        .flatMap(({ attachments }) => attachments)
        .map(({ bytes }) => bytes.toString())
        .join('')
    let all = ''
    for await (const line of exportLines(two.db)) all += line
    await expect.poll(lines, { timeout: 10_000 }).toBe(all)
    expect(two.outbox.holds()).toBe(true)
  })
})
