import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type StrictDiscord, startDiscord } from '../../../test/discord/discord.ts'
import type { Channel as DiscordChannel, Message } from '../../../test/discord/world.ts'
import { appendEntries, auditHead, readHead } from '../../audit/append.ts'
import { createCheckpointer } from '../../audit/checkpoints/checkpointer.ts'
import { memoryPath } from '../../audit/checkpoints/seen.ts'
import { createKeyStore } from '../../audit/checkpoints/signing-keys.ts'
import { type AuditEntry, CHANNELS, type Channel } from '../../audit/entry.ts'
import { exportLine, readEntries } from '../../audit/export.ts'
import { rehashed } from '../../audit/generate.case.ts'
import { Secret } from '../../config/secret.ts'
import type { Database } from '../../db/database.ts'
import { plainFiles } from '../../files.ts'
import { parseWebhook, type WebhookAddress } from '../address.ts'
import { logFileIn } from '../file-name.ts'
import { createOutbox } from '../outbox.ts'
import { createSender } from '../sender.ts'
import { createDiscordApi } from '../setup/api.ts'
import { createFileReader } from './file-bytes.ts'
import { findRooms } from './rooms.ts'
import { type DiscordVerifyOptions, verifyDiscord } from './verify-discord.ts'

/** Discord's minute is a second here. */
const QUICK = { webhook: { requests: 50, ms: 200 }, channel: { requests: 100, ms: 1_000 } }

/** A log in a database and in a strict Discord, and a bot that may do nothing but read. */
export async function postedLog(db: Database) {
  let shiftMs = 0
  const discord = await startDiscord({
    limits: { ...QUICK, route: { requests: 1_000, ms: 1_000 } },
    now: () => Date.now() + shiftMs,
  })
  const folder = mkdtempSync(join(tmpdir(), 'helix-posted-'))
  const rooms = new Map<Channel, DiscordChannel>()
  const addresses = new Map<Channel, WebhookAddress>()
  for (const channel of CHANNELS) {
    const room = discord.addChannel(`helix-${channel}`)
    const address = parseWebhook(discord.addressOf(discord.addWebhook(room)), discord.api)
    if (!address) throw new Error('no address')
    rooms.set(channel, room)
    addresses.set(channel, address)
  }
  const checkpointer = createCheckpointer({
    ...{
      db,
      keys: createKeyStore({ dataDir: folder, given: undefined, files: plainFiles }),
      memory: memoryPath(folder),
    },
    actor: 'cli:test',
  })

  async function append(channels: readonly Channel[], at = new Date()): Promise<number> {
    const { log } = await readHead(db)
    const heads = channels.map((channel, n) =>
      auditHead(log, { channel, kind: 'test.noted', actor: 'cli:test', data: { n } }, at),
    )
    return appendEntries(db, heads)
  }

  /** Lets the outbox run until Discord has everything. */
  async function send(): Promise<void> {
    const outbox = createOutbox({
      ...{ db, addresses, instance: 'test', sole: true, beatMs: 20 },
      sender: createSender({ pace: { burst: 4, refillMs: 20 } }),
      onStopped: () => {},
      onError: () => {},
    })
    outbox.start()
    const { log, seq } = await readHead(db)
    const isThere = async () => {
      const lines = await countPosted(discord, log)
      const [kept] = await db.query<{ notes: number }>(
        'select count(*) as notes from public.audit_checkpoints where log_id = $1',
        [log],
      )
      return lines.entries >= seq && lines.notes >= (kept?.notes ?? 0)
    }
    while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 20))
    await outbox.stop()
  }

  const roomOf = (channel: Channel) => {
    const room = rooms.get(channel)
    if (!room) throw new Error('no room')
    return room
  }

  return {
    discord,
    roomOf,
    addresses,
    append,
    send,
    sign: () => checkpointer.make(),
    /** Discord's clock goes so far ahead of this machine's from now on. */
    shift: (ms: number) => {
      shiftMs = ms
    },
    /** What the reading bot finds. */
    async verify(options: DiscordVerifyOptions & { token?: string } = {}) {
      const { token, ...more } = options
      const signal = new AbortController().signal
      const api = createDiscordApi({
        ...{ api: discord.api, fetch, signal },
        botToken: new Secret(token ?? reader(discord).token),
      })
      const found = await findRooms({ api, guildId: undefined, targets: [] })
      const readFile = createFileReader({ fetch, signal, api: discord.api })
      return verifyDiscord({ q: db, api, readFile, rooms: found, webhooks: [] }, more)
    },
    /** The entries of a channel in the database. */
    async entries(channel: Channel): Promise<AuditEntry[]> {
      const all: AuditEntry[] = []
      for await (const entry of readEntries(db)) if (entry.channel === channel) all.push(entry)
      return all
    },
    async close() {
      await discord.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
export type PostedLog = Awaited<ReturnType<typeof postedLog>>

const VIEW_AND_HISTORY = (1n << 10n) | (1n << 16n)

function reader(discord: StrictDiscord) {
  return discord.addBot(discord.guild, { permissions: VIEW_AND_HISTORY, name: 'helix-reader' })
}

async function countPosted(discord: StrictDiscord, log: string) {
  const files = discord
    .channels()
    .flatMap(({ messages }) => messages.flatMap(({ attachments }) => attachments))
  const posted = files.filter(({ filename }) => logFileIn(filename)?.log === log)
  return {
    entries: posted.flatMap(({ bytes }) => bytes.toString().trim().split('\n')).length,
    notes: files.filter(({ filename }) => filename.startsWith(`helix-${log}-checkpoint-`)).length,
  }
}

/** Changes the lines of a message's file, as whoever has the webhook could with an edit. */
export function changeLines(message: Message, change: (lines: string[]) => string[], edited = true): void {
  const [file] = message.attachments
  if (!file) throw new Error('no file')
  const lines = change(file.bytes.toString().split(/(?<=\n)/))
  file.bytes = Buffer.from(lines.join(''))
  if (edited) message.editedTimestamp = new Date().toISOString()
}

/** A line with another actor, and the hash that fits it. */
export function forgedLine(line: string): string {
  return exportLine(rehashed(JSON.parse(line), { actor: 'cli:mallory' }))
}
