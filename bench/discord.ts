/**
 * Ten thousand entries on their way to a strict local Discord with the real one's limits, at the pace of the gateway:
 * what arrived, what did not, and how often Discord had to say no.
 *
 *   node bench/discord.ts [--only outage] [--outage-minutes 2] [--force] [--json]
 *
 * `seven`: a webhook for each channel. `one`: the same webhook for all. `faults`: one request in twenty is cut or fails
 * after Discord has stored it. `outage`: Discord cannot be reached while all of them come to be, evenly over all that
 * time. Then what an append costs while Discord follows and the log is signed each second.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { appendEntries, auditHead, readHead } from '../src/audit/append.ts'
import { createCheckpointer } from '../src/audit/checkpoints/checkpointer.ts'
import { createCheckpointSchedule } from '../src/audit/checkpoints/schedule.ts'
import { createKeyStore } from '../src/audit/checkpoints/signing-keys.ts'
import { CHANNELS, type Channel, type NewEntry } from '../src/audit/entry.ts'
import { exportLines } from '../src/audit/export.ts'
import { createBatch } from '../src/chat/batch.ts'
import type { Database } from '../src/db/database.ts'
import { openPostgres } from '../src/db/postgres.ts'
import { parseWebhook, type WebhookAddress } from '../src/discord/address.ts'
import { createOutbox } from '../src/discord/outbox.ts'
import { createSender } from '../src/discord/sender.ts'
import { plainFiles } from '../src/files.ts'
import { type StrictDiscord, startDiscord } from '../test/discord/discord.ts'
import { snowflakeTime } from '../test/discord/snowflake.ts'
import { createDatabase } from '../test/support/postgres.ts'
import { type Figure, runRow, type Tools } from './support/row.ts'
import { median, percentile } from './support/statistics.ts'

const ENTRIES = 10_000
const AT_ONCE = 20
const IDLE_ENTRIES = 5
const LONGEST_MS = 300_000
const OUTAGE_MINUTES = 2
const CLIENTS = 16
const LOAD_MS = 10_000

const WAYS = ['seven', 'one', 'faults', 'outage'] as const
type Way = (typeof WAYS)[number]

function addressesFor(discord: StrictDiscord, way: Way): Map<Channel, WebhookAddress> {
  const make = (name: string) => {
    const hook = discord.addWebhook(discord.addChannel(name))
    const address = parseWebhook(discord.addressOf(hook), discord.api)
    if (!address) throw new Error('the local Discord gave no address')
    return address
  }
  const common = way === 'one' ? make('helix') : undefined
  return new Map(CHANNELS.map((channel) => [channel, common ?? make(`helix-${channel}`)]))
}

/** One request in twenty is lost on its way, half of them after it was stored. */
function planFaults(discord: StrictDiscord): void {
  let asked = 0
  const every = (place: number) => (request: { method: string }) => {
    if (request.method !== 'POST') return false
    asked += 1
    return asked % 40 === place
  }
  discord.fail({ kind: 'cut', stored: true }, { when: every(1) })
  discord.fail({ kind: 'status', status: 503 }, { when: every(20) })
}

async function append(
  db: Database,
  count: number,
  channels: readonly Channel[],
  pauseMs = 20,
): Promise<void> {
  const { log } = await readHead(db)
  for (let done = 0; done < count; done += AT_ONCE) {
    const heads = Array.from({ length: AT_ONCE }, (_, place) => {
      const channel = channels[(done + place) % channels.length] ?? 'api'
      const data = { model: 'claude-sonnet-5-5', digest: 'ab'.repeat(32), place: done + place }
      return auditHead(log, { channel, kind: 'bench.noted', actor: 'cli:bench', data }, new Date())
    })
    await appendEntries(db, heads)
    await sleep(pauseMs)
  }
}

function arrived(discord: StrictDiscord): string[] {
  return discord
    .channels()
    .flatMap(({ messages }) => messages)
    .flatMap(({ attachments }) => attachments)
    .flatMap(({ bytes }) => bytes.toString().split(/(?<=\n)/))
}

async function exported(db: Database): Promise<string[]> {
  const lines: string[] = []
  for await (const line of exportLines(db)) lines.push(line)
  return lines
}

/** Lines of one channel whose place is before that of the line above. */
function outOfOrder(lines: readonly string[]): number {
  const last = new Map<string, number>()
  let wrong = 0
  for (const line of lines) {
    const { channel, seq } = JSON.parse(line)
    if (seq < (last.get(channel) ?? 0)) wrong += 1
    last.set(channel, seq)
  }
  return wrong
}

/** How long single entries take from their commit to Discord, in ms. */
async function idle(db: Database, discord: StrictDiscord): Promise<number> {
  let longest = 0
  for (let i = 0; i < IDLE_ENTRIES; i += 1) {
    await sleep(3_000 + i * 700)
    const { log } = await readHead(db)
    const before = discord.counters.posts
    await appendEntries(db, [
      auditHead(log, { channel: 'api', kind: 'bench.idle', actor: 'cli:bench', data: {} }, new Date()),
    ])
    const committed = Date.now()
    while (discord.counters.posts === before) await sleep(5)
    const newest = discord.channels().flatMap(({ messages }) => messages.slice(-1))
    const at = Math.max(...newest.map(({ id }) => snowflakeTime(id)))
    longest = Math.max(longest, at - committed)
  }
  return longest
}

/** A database and a Discord that follows it, as a gateway has it. */
async function follow(way: Way, { note }: Pick<Tools, 'note'>) {
  const { url, drop } = await createDatabase({ migrated: true })
  const db = await openPostgres({ connectionString: url })
  const discord = await startDiscord()
  const outbox = createOutbox({
    ...{ db, addresses: addressesFor(discord, way), instance: 'bench', sole: false },
    sender: createSender(),
    botToken: discord.bot.token,
    onStopped: (channels) => note(`${way}: stopped ${channels}`),
    onError: (error) => note(`${way}: ${error}`),
  })
  outbox.start()
  const close = async () => {
    await outbox.stop()
    await discord.close()
    await db.close()
    await drop()
  }
  return { db, discord, close }
}

/** The entries come to be while Discord is away, the last of them just before it is back. */
async function appendThroughOutage(db: Database, discord: StrictDiscord, outageMs: number): Promise<void> {
  await discord.refuse()
  await append(db, ENTRIES, CHANNELS, (outageMs * AT_ONCE) / ENTRIES)
  await discord.listen()
}

const outageMinutes = ({ option }: Pick<Tools, 'option'>) =>
  Number(option('outage-minutes') ?? OUTAGE_MINUTES)

async function run(way: Way, tools: Tools): Promise<Figure[]> {
  const { note } = tools
  const { db, discord, close } = await follow(way, tools)
  if (way === 'faults') planFaults(discord)
  try {
    let started = performance.now()
    if (way === 'outage') await appendThroughOutage(db, discord, outageMinutes(tools) * 60_000)
    else await append(db, ENTRIES, CHANNELS)
    note(`${way}: ${ENTRIES} entries appended in ${Math.round(performance.now() - started)} ms`)
    if (way === 'outage') started = performance.now()
    const all = await exported(db)
    while (new Set(arrived(discord)).size < all.length && performance.now() - started < LONGEST_MS)
      await sleep(100)
    const drainedMs = performance.now() - started
    const lines = arrived(discord)
    const there = new Set(lines)
    const { posts, rateLimited } = discord.counters
    const refusals = Object.values(rateLimited).reduce((sum, count) => sum + count)
    const none = { most: 0 }
    return [
      {
        what: `${way}: lost`,
        value: all.filter((line) => !there.has(line)).length,
        unit: 'entries',
        digits: 0,
        bar: none,
      },
      { what: `${way}: out of order`, value: outOfOrder(lines), unit: 'entries', digits: 0, bar: none },
      { what: `${way}: twice`, value: lines.length - there.size, unit: 'entries', digits: 0, bar: none },
      { what: `${way}: answers of 429`, value: refusals, unit: '', digits: 0, bar: none },
      { what: `${way}: posts`, value: posts, unit: '', digits: 0, detail: `${ENTRIES} entries` },
      ...(way === 'outage'
        ? [{ what: 'outage: how long', value: outageMinutes(tools), unit: 'min', digits: 1 }]
        : []),
      {
        what:
          way === 'outage' ? 'outage: Discord back to last entry there' : `${way}: first entry to last there`,
        value: drainedMs / 1_000,
        unit: 's',
        digits: 1,
      },
      {
        what: `${way}: idle, slowest of ${IDLE_ENTRIES}`,
        value: (await idle(db, discord)) / 1_000,
        unit: 's',
        bar: { most: 10 },
      },
    ]
  } finally {
    await close()
  }
}

/** What an append costs while everything is on: sanitizer, Discord, and a signature each second. */
async function measureFollowed(tools: Tools): Promise<Figure[]> {
  const { db, close } = await follow('seven', tools)
  const folder = await mkdtemp(join(tmpdir(), 'helix-bench-'))
  const keys = createKeyStore({ dataDir: folder, given: undefined, files: plainFiles })
  const checkpointer = createCheckpointer({ db, keys, memory: join(folder, 'seen.json'), actor: 'cli:bench' })
  const schedule = createCheckpointSchedule({
    ...{ db, checkpointer, instance: 'bench', sole: true, everyMs: 1_000, beatMs: 200 },
    onError: (error) => tools.note(String(error)),
  })
  schedule.start()
  try {
    const { log } = await readHead(db)
    const head = () => auditHead(log, CALL, new Date())
    const rate = await appendRate(db, head)
    const inTurn = await appendInTurn(db, head)
    return [
      {
        what: `append while Discord follows and the log is signed, ${CLIENTS} clients`,
        ...{ value: rate, unit: '/s', digits: 0, bar: { least: 1_000 } },
      },
      {
        what: `the same within a transaction that ${CLIENTS} turns share`,
        ...{ value: median(inTurn), unit: 'ms', bar: { most: 1.5 } },
        detail: `median, commit apart; p99 ${percentile(inTurn, 0.99).toFixed(2)} ms`,
      },
    ]
  } finally {
    await schedule.stop()
    await close()
    await rm(folder, { recursive: true, force: true })
  }
}

const CALL: NewEntry = {
  ...{ channel: 'api', kind: 'claude.requested', actor: 'person:0123456789abcdef01234567' },
  data: { model: 'claude-sonnet-5-5', digest: 'ab'.repeat(32), length: '100-999' },
}

/** Appends a second, of clients that share transactions as turns do. */
async function appendRate(db: Database, head: () => string): Promise<number> {
  const shared = createBatch<string, number>(async (heads) => {
    const first = await appendEntries(db, heads)
    return heads.map((_, place) => first + place)
  })
  const end = performance.now() + LOAD_MS
  let count = 0
  const client = async () => {
    for (; performance.now() < end; count += 1) await shared(head())
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  return count / (LOAD_MS / 1_000)
}

/** How long turns that share a transaction wait in it for the append of all, in ms. */
async function appendInTurn(db: Database, head: () => string): Promise<number[]> {
  const taken: number[] = []
  for (let round = 0; round < 300; round += 1) {
    const heads = Array.from({ length: CLIENTS }, head)
    await db.transaction('gateway', async (tx) => {
      await tx.query('select 1')
      const started = performance.now()
      await appendEntries(tx, heads)
      taken.push(performance.now() - started)
    })
  }
  return taken
}

await runRow({
  row: null,
  title: 'The chain on its way to Discord',
  conditions: [
    'PostgreSQL, the pace of the gateway, and a local Discord: 5 in 2 s a webhook, 30 in 60 s a channel, 50 a second.',
    `${ENTRIES} entries over seven channels while they are sent; then single ones, from commit to Discord's own time.`,
    `The outage is a real one of ${OUTAGE_MINUTES} minutes unless the figures name another, in which all entries come to be.`,
  ],
  options: ['only', 'outage-minutes'],
  async measure(tools) {
    const only = tools.option('only')
    const figures: Figure[] = []
    for (const way of WAYS.filter((name) => only === undefined || name === only))
      figures.push(...(await run(way, tools)))
    return only === undefined ? [...figures, ...(await measureFollowed(tools))] : figures
  },
})
