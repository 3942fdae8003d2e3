/**
 * Row 7: what the audit chain costs. Appends to a real PostgreSQL, each committed and fsynced, against flat fsynced
 * inserts of the same bytes in the same rounds; then verifies what was appended.
 *
 *   node bench/audit.ts            (HELIX_TEST_DATABASE_URL, or a temporary server of this machine)
 *
 * `single`: every append is a transaction of its own. `shared`: appends that meet share one, as turns do.
 */
import { appendEntries, auditHead, readLogId } from '../src/audit/append.ts'
import { migrateAudit } from '../src/audit/database.case.ts'
import type { NewEntry } from '../src/audit/entry.ts'
import { exportLines } from '../src/audit/export.ts'
import { verifyEntries } from '../src/audit/verify.ts'
import { verifyDatabase } from '../src/audit/verify-database.ts'
import { createBatch } from '../src/chat/batch.ts'
import type { Database } from '../src/db/database.ts'
import { openPostgres } from '../src/db/postgres.ts'
import { createDatabase } from '../test/support/postgres.ts'

const ROUNDS = 5
const ROUND_MS = 1_000
const CLIENTS = [1, 8, 16]
const ENTRY: NewEntry = {
  channel: 'api',
  kind: 'claude.requested',
  actor: 'person-0123456789abcdef01234567',
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

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

async function measureAppends(db: Database): Promise<void> {
  const ways = Object.entries(waysToWrite(db, await readLogId(db)))
  const measured = new Map<string, number[]>()
  for (let index = 0; index <= ROUNDS; index += 1) {
    for (const clients of CLIENTS) {
      for (const [way, act] of ways) {
        const latencies = await round(act, clients)
        const key = `${way} ${clients}`
        // The first round warms up.
        if (index > 0) measured.set(key, (measured.get(key) ?? []).concat(latencies))
      }
    }
  }
  console.log('append    clients      per s   of flat   median ms   p99 ms')
  for (const clients of CLIENTS) {
    const flat = measured.get(`flat ${clients}`)?.length ?? Number.NaN
    for (const [way] of ways) {
      const sorted = (measured.get(`${way} ${clients}`) ?? []).toSorted((a, b) => a - b)
      const rate = (sorted.length / ROUNDS / ROUND_MS) * 1_000
      const cells = [
        rate.toFixed(0),
        (sorted.length / flat).toFixed(2),
        percentile(sorted, 0.5).toFixed(2),
        percentile(sorted, 0.99).toFixed(2),
      ]
      console.log(
        way.padEnd(10) + String(clients).padStart(7) + cells.map((cell) => cell.padStart(11)).join(''),
      )
    }
  }
}

async function measureBatchCost(db: Database): Promise<void> {
  const log = await readLogId(db)
  const head = auditHead(log, ENTRY, new Date())
  const costs: number[] = []
  for (let index = 0; index < 300; index += 1) {
    await db.transaction('gateway', async (tx) => {
      await tx.query('select 1')
      const started = performance.now()
      await appendEntries(
        tx,
        Array.from({ length: 16 }, () => head),
      )
      costs.push(((performance.now() - started) * 1_000) / 16)
    })
  }
  console.log(
    `append in a run of 16: ${percentile(
      costs.toSorted((a, b) => a - b),
      0.5,
    ).toFixed(1)} µs an entry, commit apart`,
  )
}

async function measureVerify(db: Database): Promise<void> {
  const lines: string[] = []
  for await (const line of exportLines(db)) lines.push(line)
  const rates: number[] = []
  for (let index = 0; index < ROUNDS; index += 1) {
    const started = performance.now()
    const { entries, findings } = await verifyEntries(lines)
    if (findings.length > 0) throw new Error(JSON.stringify(findings))
    rates.push((entries / (performance.now() - started)) * 1_000)
  }
  console.log(
    `verify: ${percentile(
      rates.toSorted((a, b) => a - b),
      0.5,
    ).toFixed(0)} entries/s of ${lines.length} lines`,
  )
  const started = performance.now()
  const { entries } = await verifyDatabase(db)
  console.log(
    `verify from the database: ${((entries / (performance.now() - started)) * 1_000).toFixed(0)} entries/s`,
  )
}

const { url, drop } = await createDatabase()
const owner = await openPostgres({ connectionString: url, max: 1 })
await migrateAudit(owner)
await owner.transaction('owner', (tx) =>
  tx.script(`create table helix.flat (id bigint generated always as identity primary key, entry text);
    grant insert on helix.flat to helix_gateway`),
)
await owner.close()
const db = await openPostgres({ connectionString: url, max: 16 })
try {
  await measureAppends(db)
  await measureBatchCost(db)
  await measureVerify(db)
} finally {
  await db.close()
  await drop()
}
