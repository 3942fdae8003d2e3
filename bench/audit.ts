/**
 * Row 7: what the audit chain costs. Appends to a real PostgreSQL, each committed and fsynced, against flat fsynced
 * inserts of the same bytes in the same rounds; then verifies what was appended.
 *
 *   node bench/audit.ts [--rounds 5] [--force] [--json]
 *
 * `single`: every append is a transaction of its own. `shared`: appends that meet share one, as turns do.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appendEntries, auditHead, readLogId } from '../src/audit/append.ts'
import type { Vouchers } from '../src/audit/checkpoints/checkpoint-check.ts'
import { createCheckpointer } from '../src/audit/checkpoints/checkpointer.ts'
import { makeProof } from '../src/audit/checkpoints/proof.ts'
import { createKeyStore } from '../src/audit/checkpoints/signing-keys.ts'
import { leavesOfCheckpoint, storedCheckpoints } from '../src/audit/checkpoints/stored.ts'
import type { NewEntry } from '../src/audit/entry.ts'
import { exportLines } from '../src/audit/export.ts'
import { bodyText, headText, NO_HASH, sha256Hex } from '../src/audit/hash.ts'
import { verifyEntries } from '../src/audit/verify.ts'
import { verifyDatabase } from '../src/audit/verify-database.ts'
import { createBatch } from '../src/chat/batch.ts'
import type { Database } from '../src/db/database.ts'
import { openPostgres } from '../src/db/postgres.ts'
import { plainFiles } from '../src/files.ts'
import { createDatabase } from '../test/support/postgres.ts'
import { type Figure, type Row, runRow, type Tools } from './support/row.ts'
import { median, percentile } from './support/statistics.ts'

const ROUNDS = 5
const ROUND_MS = 1_000
const CLIENTS = [1, 16]
/** How often 1,000 more entries are signed. */
const SIGNED = 20
const ENTRIES = 1_000_000
/** Turns that share a transaction when 16 clients wait for one. */
const TURNS_AT_ONCE = 16
const ENTRY: NewEntry = {
  channel: 'api',
  kind: 'claude.requested',
  actor: 'person:0123456789abcdef01234567',
  data: {
    generation: '5f0c5f0c-1111-4111-8111-111111111111',
    model: 'claude-sonnet-5-5',
    digest: 'ab'.repeat(32),
    length: '100-999',
  },
}

type Act = () => Promise<unknown>

/** Latencies, in ms, of `clients` that act one after the other for a round. */
async function round(act: Act, clients: number): Promise<number[]> {
  const latencies: number[] = []
  const end = performance.now() + ROUND_MS
  const client = async () => {
    for (let started = performance.now(); started < end; started = performance.now()) {
      await act()
      latencies.push(performance.now() - started)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return latencies
}

function waysToWrite(db: Database, log: string): Record<string, Act> {
  const head = () => auditHead(log, ENTRY, new Date())
  const shared = createBatch<string, number>(async (heads) => {
    const first = await appendEntries(db, heads)
    return heads.map((_, index) => first + index)
  })
  return {
    flat: () => db.query('insert into helix.flat (entry) values ($1)', [head()]),
    single: () => appendEntries(db, [head()]),
    shared: () => shared(head()),
  }
}

async function measureAppends(db: Database, { rounds, note }: Tools): Promise<Figure[]> {
  const ways = Object.entries(waysToWrite(db, await readLogId(db)))
  const count = rounds(ROUNDS)
  const measured = new Map<string, number[]>()
  for (let index = 0; index <= count; index += 1) {
    note(index === 0 ? 'appending, warm-up' : `appending, round ${index}`)
    for (const clients of CLIENTS) {
      for (const [way, act] of ways) {
        const latencies = await round(act, clients)
        const key = `${way} ${clients}`
        if (index > 0) measured.set(key, (measured.get(key) ?? []).concat(latencies))
      }
    }
  }
  const seconds = (count * ROUND_MS) / 1_000
  return [...measured].map(([key, latencies]) => toFigure(key, latencies, seconds, measured))
}

const NAMES: Record<string, string> = {
  flat: 'flat insert of the same bytes',
  single: 'append, a transaction each',
  shared: 'append, transactions shared as by turns',
}

function toFigure(
  key: string,
  latencies: readonly number[],
  seconds: number,
  all: ReadonlyMap<string, readonly number[]>,
): Figure {
  const [way = '', clients] = key.split(' ')
  const ofFlat = latencies.length / (all.get(`flat ${clients}`)?.length ?? Number.NaN)
  const ms = `median ${median(latencies).toFixed(2)} ms, p99 ${percentile(latencies, 0.99).toFixed(2)} ms`
  return {
    what: `${NAMES[way]}, ${clients} ${clients === '1' ? 'client' : 'clients'}`,
    value: latencies.length / seconds,
    unit: '/s',
    digits: 0,
    detail: way === 'flat' ? ms : `${ofFlat.toFixed(2)} of flat; ${ms}`,
    ...(way === 'flat' ? {} : { bar: { least: 1_000 } }),
  }
}

/** What each of 16 turns that share a transaction waits for the append of all. */
async function measureInTurn(db: Database): Promise<Figure> {
  const log = await readLogId(db)
  const heads = Array.from({ length: TURNS_AT_ONCE }, () => auditHead(log, ENTRY, new Date()))
  const taken: number[] = []
  for (let index = 0; index < 300; index += 1) {
    await db.transaction('gateway', async (tx) => {
      await tx.query('select 1')
      const started = performance.now()
      await appendEntries(tx, heads)
      taken.push(performance.now() - started)
    })
  }
  return {
    what: `append within a transaction that ${TURNS_AT_ONCE} turns share`,
    value: median(taken),
    unit: 'ms',
    bar: { most: 1.5 },
    detail: `median, commit apart; ${((median(taken) * 1_000) / TURNS_AT_ONCE).toFixed(0)} µs an entry`,
  }
}

/** Signs what was appended so far and a little more, then proves entries of it. */
async function measureSigning(db: Database, folder: string): Promise<Figure[]> {
  const log = await readLogId(db)
  const keys = createKeyStore({ dataDir: folder, files: plainFiles })
  const checkpointer = createCheckpointer({ db, keys, memory: join(folder, 'seen.json'), actor: 'cli:bench' })
  const started = performance.now()
  const { size } = await checkpointer.make()
  const backlog = (size / (performance.now() - started)) * 1_000
  const signing: number[] = []
  const proving: number[] = []
  for (let index = 0; index < SIGNED; index += 1) {
    await appendEntries(
      db,
      Array.from({ length: 1_000 }, () => auditHead(log, ENTRY, new Date())),
    )
    const before = performance.now()
    await checkpointer.make()
    signing.push(performance.now() - before)
    const asked = performance.now()
    await makeProof(db, { seq: 1 + Math.floor(Math.random() * size), from: { log, size } })
    proving.push(performance.now() - asked)
  }
  const last = await makeProof(db, { seq: Math.floor(size / 2) })
  const bytes = Buffer.byteLength(JSON.stringify(last))
  return [
    {
      what: 'sign a log that was never signed',
      value: backlog,
      unit: ' entries/s',
      digits: 0,
      detail: `${size} entries`,
    },
    { what: 'sign 1,000 new entries', value: median(signing), unit: 'ms', detail: 'median; not in any turn' },
    {
      what: 'prove an entry and the growth since',
      value: median(proving),
      unit: 'ms',
      detail: `median; ${bytes} bytes of ${size} entries`,
    },
  ]
}

/** Verifies lines again and again; with what vouches for them, made anew for each time. */
async function rateOf(lines: readonly string[], vouchers?: () => Promise<Vouchers>): Promise<number> {
  const rates: number[] = []
  for (let index = 0; index < ROUNDS; index += 1) {
    const options = { vouchers: await vouchers?.() }
    const started = performance.now()
    const { entries, findings } = await verifyEntries(lines, options)
    if (findings.length > 0) throw new Error(JSON.stringify(findings))
    rates.push((entries / (performance.now() - started)) * 1_000)
  }
  return median(rates)
}

async function measureVerify(db: Database): Promise<Figure[]> {
  const lines: string[] = []
  for await (const line of exportLines(db)) lines.push(line)
  const detail = `${lines.length} entries, median of ${ROUNDS}`
  const logs = [await readLogId(db)]
  const vouchers = async () => ({
    stored: await storedCheckpoints(db, logs),
    leavesOf: (log: string, size: number) => leavesOfCheckpoint(db, log, size),
  })
  const [linked, signed] = [await rateOf(lines), await rateOf(lines, vouchers)]
  const started = performance.now()
  const { entries } = await verifyDatabase(db)
  const fromDatabase = (entries / (performance.now() - started)) * 1_000
  const bar = { least: 100_000 }
  return [
    { what: 'verify exported lines', value: linked, unit: '/s', digits: 0, bar, detail },
    {
      what: 'verify exported lines and the checkpoints of them',
      value: signed,
      unit: '/s',
      digits: 0,
      bar,
      detail,
    },
    { what: 'verify from the database', value: fromDatabase, unit: '/s', digits: 0 },
  ]
}

/** False alarms over a million entries nobody touched. */
async function measureAlarms({ note }: Tools): Promise<Figure> {
  note('verifying a million clean entries')
  const { findings, entries } = await verifyEntries(cleanEntries(ENTRIES))
  return {
    what: `findings in ${entries.toLocaleString('en')} clean entries`,
    value: findings.length,
    unit: '',
    digits: 0,
    bar: { most: 0 },
  }
}

function* cleanEntries(count: number): Generator<string> {
  let prev = NO_HASH
  for (let seq = 1; seq <= count; seq += 1) {
    const { channel, actor, data } = ENTRY
    const at = new Date(1_700_000_000_000 + seq * 7).toISOString()
    const kind = seq % 2 === 1 ? 'claude.request' : 'claude.response'
    const said = {
      log: 'clean',
      at,
      channel,
      kind,
      actor,
      data: seq % 2 === 1 ? data : { ...data, intent: seq - 1 },
    }
    const hash = sha256Hex(bodyText(headText(said), prev, seq))
    yield `${JSON.stringify({ schema: 1, seq, ...said, prev, hash })}\n`
    prev = hash
  }
}

async function measure(tools: Tools): ReturnType<Row['measure']> {
  const { resources } = tools
  const { url } = resources.keep(await createDatabase({ migrated: true }), ({ drop }) => drop())
  const owner = await openPostgres({ connectionString: url, max: 1 })
  await owner.transaction('owner', (tx) =>
    tx.script(`create table helix.flat (id bigint generated always as identity primary key, entry text);
      grant insert on helix.flat to helix_gateway`),
  )
  await owner.close()
  const db = resources.keep(await openPostgres({ connectionString: url, max: 16 }), (open) => open.close())
  const folder = resources.keep(await mkdtemp(join(tmpdir(), 'helix-bench-')), (path) =>
    rm(path, { recursive: true }),
  )
  return [
    ...(await measureAppends(db, tools)),
    await measureInTurn(db),
    ...(await measureSigning(db, folder)),
    ...(await measureVerify(db)),
    await measureAlarms(tools),
  ]
}

await runRow({
  row: 7,
  title: 'audit chain',
  conditions: [
    'Each append is committed with fsync; ways alternate within a round.',
    'Client and PostgreSQL share the machine; verification checks every hash and every link.',
  ],
  measure,
})
