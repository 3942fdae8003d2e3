import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Message } from '../../../test/discord/world.ts'
import { type EmptyDatabase, engines } from '../../../test/support/engines.ts'
import { appendEntries, auditHead, readHead } from '../../audit/append.ts'
import { continueLog } from '../../audit/continue.ts'
import { CHANNELS, type Channel } from '../../audit/entry.ts'
import type { Database, Transaction } from '../../db/database.ts'
import { migrate } from '../../db/migrations/migrate.ts'
import { changeLines, forgedLine, type PostedLog, postedLog } from './posted-log.case.ts'

const MINUTE = 60_000

const available = engines.filter(({ unavailable }) => unavailable === null)

for (const [place, engine] of [available[0], available.at(-1)].entries()) {
  describe(`the log of ${engine?.name} held to Discord`, () => {
    let database: EmptyDatabase
    let db: Database
    beforeAll(async () => {
      if (!engine) throw new Error('no engine')
      database = await engine.start()
      await migrate(database.db, { mode: database.mode })
      db = await database.gateway()
    })
    afterAll(() => database?.stop())

    const fresh = () =>
      db.query("update public.audit_head set log_id = helix.random_log_id(), seq = 0, hash = repeat('0', 64)")
    const verdict = async (log: PostedLog, options?: Parameters<PostedLog['verify']>[0]) => {
      const { findings } = await log.verify(options)
      return findings.map(({ kind, seq }) => `${kind} ${seq}`)
    }
    const tamper = (work: (tx: Transaction) => Promise<unknown>) =>
      db.transaction('owner', async (tx) => {
        const tables = ['audit_entries', 'audit_checkpoints']
        for (const table of tables)
          await tx.script(`alter table public.${table} disable trigger ${table}_only_grow`)
        await work(tx)
        for (const table of tables)
          await tx.script(`alter table public.${table} enable trigger ${table}_only_grow`)
      })

    describe.runIf(place === 0)('after somebody was at work in Discord', () => {
      let log: PostedLog
      let before: Map<string, Message[]>
      /** Of `api` there are six entries in one message, one in the next and one in a third. */
      beforeAll(async () => {
        await fresh()
        log = await postedLog(db)
        await log.sign()
        for (const more of [[], [], ['api', 'api', 'api'] as const]) await log.append([...CHANNELS, ...more])
        await log.send()
        await log.sign()
        await log.append(CHANNELS)
        await log.send()
        await log.append(['api', 'commands'])
        await log.sign()
        await log.send()
        const copies = log.discord
          .channels()
          .map(({ id, messages }) => [id, structuredClone(messages)] as const)
        before = new Map(copies)
      })
      afterEach(() => {
        for (const channel of log.discord.channels())
          channel.messages = structuredClone(before.get(channel.id) ?? []).map((message) => ({
            ...message,
            attachments: message.attachments.map((file) => ({ ...file, bytes: Buffer.from(file.bytes) })),
          }))
      })
      afterAll(() => log?.close())

      const messages = (channel: Channel) => log.roomOf(channel).messages
      const seqsIn = (message: Message | undefined) =>
        message?.attachments.flatMap(({ bytes }) =>
          bytes
            .toString()
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line).seq as number),
        ) ?? []
      const message = (channel: Channel, at: number): Message => {
        const found = messages(channel).at(at)
        if (!found) throw new Error('no message')
        return found
      }
      /** The message as it is, posted once more. */
      const copyOf = (original: Message, id = BigInt(original.id) + 1n): Message => ({
        ...structuredClone(original),
        id: String(id),
        attachments: original.attachments.map((file) => ({
          ...file,
          id: `9${file.id.slice(1)}`,
          bytes: Buffer.from(file.bytes),
        })),
      })
      const take = (channel: Channel, at: number) => messages(channel).splice(at, 1)[0] as Message

      it('what nobody touched is sound, entry by entry and checkpoint by checkpoint', async () => {
        const result = await log.verify()
        expect(result.findings).toEqual([])
        const { seq } = await readHead(db)
        expect(result.rooms.reduce((sum, { same }) => sum + same, 0)).toBe(seq)
        expect(result).toMatchObject({ unposted: 0, checkpoints: 3, signed: { size: seq } })
        expect(result.rooms.every(({ waiting, repeated, copies }) => waiting + repeated + copies === 0)).toBe(
          true,
        )
      })

      it('an entry that was edited there, with its hash or without, is named', async () => {
        const [, second = 0] = seqsIn(message('api', 0))
        changeLines(message('api', 0), (lines) => lines.with(1, forgedLine(lines[1] ?? '')))
        expect(await verdict(log)).toEqual([`edited ${second}`])
        changeLines(message('api', 0), (lines) => lines.with(1, lines[1]?.replace(/mallory/, 'nobody') ?? ''))
        expect(await verdict(log)).toEqual([`edited ${second}`])
      })

      it('a file that is another without a mark of an edit is named at its entry', async () => {
        const [, second = 0] = seqsIn(message('api', 0))
        changeLines(message('api', 0), (lines) => lines.with(1, forgedLine(lines[1] ?? '')), false)
        expect(await verdict(log)).toEqual([`forked ${second}`])
        changeLines(message('api', 0), (lines) => lines.with(1, '{"seq":1}\n'), false)
        expect(await verdict(log)).toEqual([`edited ${second}`])
      })

      it('an edit of what people read is told, though the file is as it was', async () => {
        const [first] = seqsIn(message('api', 1))
        Object.assign(message('api', 1), { embeds: [], editedTimestamp: new Date().toISOString() })
        expect(await verdict(log)).toEqual([`edited ${first}`])
      })

      it('an edit that took the file out is told', async () => {
        const [first] = seqsIn(message('api', 1))
        Object.assign(message('api', 1), { attachments: [], editedTimestamp: new Date().toISOString() })
        expect(await verdict(log)).toEqual([`edited ${first}`])
      })

      it('a deleted message is a gap, or a cut end', async () => {
        const [first] = seqsIn(take('api', 1))
        expect(await verdict(log)).toEqual([`gap ${first}`])
      })

      it('the last message, deleted though Discord had confirmed it, is a cut end', async () => {
        const [first] = seqsIn(take('api', -1))
        expect(await verdict(log)).toEqual([`truncated ${first}`])
      })

      it('what was in channels that are no more need not be there, what came after must', async () => {
        for (const channel of CHANNELS) messages(channel).splice(0, 1)
        const [first] = seqsIn(message('api', 0))
        expect(await verdict(log)).not.toEqual([])
        expect(await verdict(log, { since: (first ?? 0) - 2 })).toEqual([])
        const [gone] = seqsIn(take('api', -1))
        expect(await verdict(log, { since: (first ?? 0) - 2 })).toEqual([`truncated ${gone}`])
      })

      it('all of a channel deleted is named from its first entry on', async () => {
        const [first] = seqsIn(message('consciousness', 0))
        messages('consciousness').length = 0
        expect(await verdict(log)).toEqual([`truncated ${first}`])
      })

      it('a message that was deleted and posted anew comes too late', async () => {
        const [first] = seqsIn(message('api', 0))
        const gone = take('api', 0)
        messages('api').push({ ...gone, id: String(BigInt(message('api', -1).id) + 1n) })
        expect(await verdict(log)).toEqual([`reordered ${first}`])
      })

      it('also where it is the last one, by what Discord had confirmed', async () => {
        const [first] = seqsIn(message('api', -1))
        const gone = take('api', -1)
        messages('api').push({ ...gone, id: String(BigInt(gone.id) + (5_000n << 22n)) })
        expect(await verdict(log)).toEqual([`reordered ${first}`])
      })

      it('lines that changed places are told', async () => {
        const [first] = seqsIn(message('api', 0))
        changeLines(message('api', 0), ([one = '', two = '', ...more]) => [two, one, ...more], false)
        expect(await verdict(log)).toEqual([`reordered ${first}`])
      })

      it('a line that was cut out is a gap', async () => {
        const [, second] = seqsIn(message('api', 0))
        changeLines(message('api', 0), (lines) => lines.toSpliced(1, 1), false)
        expect(await verdict(log)).toEqual([`gap ${second}`])
      })

      it('the same post again is no finding, another of the same place is', async () => {
        const again = copyOf(message('api', 0))
        messages('api').splice(1, 0, again)
        const [, second] = seqsIn(again)
        const result = await log.verify()
        expect(result.findings).toEqual([])
        expect(result.rooms.find(({ room }) => room === 'helix-api')?.repeated).toBe(seqsIn(again).length)
        changeLines(message('api', 1), (lines) => lines.with(1, forgedLine(lines[1] ?? '')), false)
        expect(await verdict(log)).toEqual([`forked ${second}`])
      })

      it('what a person or another webhook left is no part of the log, and may not pass for it', async () => {
        const { discord, roomOf } = log
        discord.say(roomOf('api'), { content: 'looks good' })
        discord.say(roomOf('api'), { attachments: copyOf(message('api', 0)).attachments })
        const copied = await log.verify()
        expect(copied.findings).toEqual([])
        expect(copied.rooms.find(({ room }) => room === 'helix-api')?.copies).toBe(6)
        const [, second = 0] = seqsIn(message('api', 0))
        const stranger = discord.say(roomOf('api'), { attachments: copyOf(message('api', 0)).attachments })
        for (const file of stranger.attachments) file.id = `8${file.id.slice(1)}`
        stranger.webhookId = discord.addWebhook(roomOf('api'), 'Helix').id
        changeLines(stranger, (lines) => lines.with(1, forgedLine(lines[1] ?? '')), false)
        expect(await verdict(log)).toEqual([`forked ${second}`])
      })

      it('an entry of our webhook that the database never had is told', async () => {
        const { seq } = await readHead(db)
        messages('api').push(copyOf(message('api', -1)))
        changeLines(
          message('api', -1),
          ([line = '']) => {
            const entry = JSON.parse(line)
            return [forgedLine(JSON.stringify({ ...entry, seq: seq + 3 }))]
          },
          false,
        )
        expect(await verdict(log)).toEqual([`truncated ${seq + 1}`])
      })

      it('a checkpoint that is changed, forged or gone is told', async () => {
        const notes = messages('hash-chain').filter(({ attachments }) =>
          attachments[0]?.filename.endsWith('.txt'),
        )
        const [note] = notes
        const [file] = note?.attachments ?? []
        if (!note || !file) throw new Error('no checkpoint')
        const text = file.bytes.toString()
        const size = Number(text.split('\n')[1])
        const change = async (changed: string) => {
          file.bytes = Buffer.from(changed)
          return verdict(log)
        }
        expect(await change(text)).toEqual([])
        expect(await change(text.replace(/\n([A-Za-z0-9+/]{10})/, '\nAAAAAAAAAA'))).toEqual([
          `bad_signature ${size}`,
        ])
        const end = text.indexOf('— ')
        expect(await change(`${text.slice(0, end + 60)}AAAA${text.slice(end + 64)}`)).toEqual([
          `bad_signature ${size}`,
        ])
        expect((await change('nothing'))[0]).toMatch(/^(bad_signature|gap) \d+$/)
        file.bytes = Buffer.from(text)
        note.editedTimestamp = new Date().toISOString()
        expect(await verdict(log)).toEqual([`edited ${size}`])
        note.editedTimestamp = null
        note.attachments.splice(0, 1)
        expect(await verdict(log)).toEqual([`gap ${size}`])
      })

      it('addresses of files that run out meanwhile are asked for anew', async () => {
        const asked = log.discord.requests.length
        log.discord.listsAreOld = true
        expect(await verdict(log)).toEqual([])
        log.discord.listsAreOld = false
        const again = log.discord.requests.slice(asked).filter(({ path }) => /messages\/\d+$/.test(path))
        expect(again.length).toBeGreaterThan(5)
      })

      it('says what the bot may not see, rather than that something is wrong', async () => {
        const { discord } = log
        const view = 1n << 10n
        const seen = { permissions: view | (1n << 16n) }
        const code = async (wanted: Parameters<typeof discord.addBot>[1]) => {
          const { token } = discord.addBot(discord.guild, wanted)
          return log.verify({ token }).then(
            () => 'sound',
            ({ code, message }) => `${code}: ${message}`,
          )
        }
        expect(await code(seen)).toBe('sound')
        expect(await code({ ...seen, messageContent: false })).toMatch(
          /^precondition_failed: The bot sees the messages of #helix-[a-z-]+, but not what is in them/,
        )
        expect(await code({ permissions: view })).toMatch(
          /precondition_failed: .* lacks READ_MESSAGE_HISTORY/,
        )
        expect(await code({ permissions: 0n })).toMatch(/precondition_failed: .* lacks VIEW_CHANNEL/)
        log.roomOf('api').overwrites = [{ id: discord.guild.id, type: 0, allow: '0', deny: String(view) }]
        expect(await code(seen)).toMatch(/precondition_failed: The bot may not read #helix-api/)
        log.roomOf('api').overwrites = []
      })
    })

    describe.runIf(place === 1)('after somebody was at work in the database', () => {
      let log: PostedLog
      beforeEach(async () => {
        await fresh()
        log = await postedLog(db)
        await log.append(CHANNELS)
        await log.append(['api', 'commands', 'api'])
        await log.send()
      })
      afterEach(() => log?.close())

      it('a log that was cut and grew on is found where Discord has another entry', async () => {
        const { log: id } = await readHead(db)
        await tamper(async (tx) => {
          await tx.query('delete from public.audit_entries where log_id = $1 and seq > 8', [id])
          await tx.query(
            `update public.audit_head set seq = 8,
               hash = (select hash from public.audit_entries where log_id = $1 and seq = 8)`,
            [id],
          )
        })
        expect(await verdict(log)).toEqual(['truncated 9'])
        await log.append(['heartbeat', 'heartbeat', 'heartbeat'])
        expect(await verdict(log)).toEqual(['forked 9'])
      })

      it('a history written anew from some entry on is found there', async () => {
        const { log: id } = await readHead(db)
        await tamper(async (tx) => {
          await tx.query('delete from public.audit_entries where log_id = $1 and seq > 4', [id])
          await tx.query(
            `update public.audit_head set seq = 4,
               hash = (select hash from public.audit_entries where log_id = $1 and seq = 4)`,
            [id],
          )
          const channels: Channel[] = [...CHANNELS.slice(4), 'api', 'commands', 'api']
          const heads = channels.map((channel) =>
            auditHead(id, { channel, kind: 'test.noted', actor: 'cli:mallory', data: {} }, new Date()),
          )
          await appendEntries(tx, heads)
        })
        expect(await verdict(log)).toEqual(['forked 5'])
      })

      it('a log in the place of the one Discord knows is found, unless that was given up', async () => {
        const { log: old } = await readHead(db)
        await fresh()
        await log.append(['api'])
        const { findings } = await log.verify()
        expect(findings).toMatchObject([{ kind: 'truncated', log: old, seq: 1 }])
        expect(await verdict(log, { ignored: [old] })).toEqual([])
      })

      it('a restore that lost entries is told, unless that is known', async () => {
        const { log: old } = await readHead(db)
        await tamper(async (tx) => {
          await tx.query('delete from public.audit_entries where log_id = $1 and seq > 8', [old])
          await tx.query(
            `update public.audit_head set seq = 8,
               hash = (select hash from public.audit_entries where log_id = $1 and seq = 8)`,
            [old],
          )
          await continueLog(tx, { actor: 'cli:test', backup: 'b' })
        })
        await log.append(CHANNELS)
        await log.send()
        const { findings } = await log.verify()
        expect(findings).toMatchObject([{ kind: 'truncated', log: old, seq: 9 }])
        expect(await verdict(log, { ignored: [old] })).toEqual([])
      })

      it('entries on their way are no finding; those that should be there by now are', async () => {
        const seq = await log.append(['api', 'api'])
        const result = await log.verify()
        expect(result.findings).toEqual([])
        expect(result.rooms.find(({ room }) => room === 'helix-api')?.waiting).toBe(2)
        const later = new Date(Date.now() + 20 * MINUTE)
        expect(await verdict(log, { now: later })).toEqual([`truncated ${seq}`])
      })

      it('times that cannot be are told: by Discord’s clock an entry was there before, or not yet', async () => {
        const seq = await log.append(['api'], new Date(Date.now() + 30 * MINUTE))
        await log.send()
        expect(await verdict(log)).toEqual([`reordered ${seq}`])
      })

      it('an entry that claims to be older than a post that held all there was is told', async () => {
        const seq = await log.append(['api'], new Date(Date.now() - 30 * MINUTE))
        await log.send()
        expect(await verdict(log)).toEqual([`reordered ${seq}`])
      })

      it('what waited through an outage is no finding', async () => {
        log.shift(90 * MINUTE)
        await log.append(['api', 'commands'])
        await log.send()
        const { findings, latestMs } = await log.verify()
        expect(findings).toEqual([])
        expect(latestMs).toBeGreaterThan(80 * MINUTE)
      })

      it('what the log says could not be posted is no gap', async () => {
        const [, second] = await log.entries('api')
        const message = log.roomOf('api').messages[0]
        if (!message || !second) throw new Error('no message')
        changeLines(message, (lines) => lines.toSpliced(1, 1), false)
        expect(await verdict(log)).toEqual([`gap ${second.seq}`])
        const { log: id } = await readHead(db)
        const data = { channel: 'api', seq: second.seq }
        const entry = { channel: 'alerts', kind: 'discord.undeliverable', actor: 'cli:test', data } as const
        await appendEntries(db, [auditHead(id, entry, new Date())])
        expect(await verdict(log)).toEqual([])
      })

      it('reads pages of a hundred messages, as fast as it may', async () => {
        const { discord, roomOf } = log
        const room = roomOf('api')
        for (let i = 0; i < 630; i += 1) discord.say(room, { content: `chat ${i}` })
        await log.append(['api'])
        await log.send()
        discord.setLimit('route', { requests: 3, ms: 400 })
        const { global } = discord.counters.rateLimited
        expect(await verdict(log)).toEqual([])
        const pages = discord.requests.filter(({ path }) => path === `/channels/${room.id}/messages`)
        expect(pages).toHaveLength(7)
        expect(discord.counters.rateLimited).toMatchObject({ global, route: 0 })
      })
    })
  })
}
