/**
 * A million entries nobody touched, in a real database: appended by several gateways' worth of writers, signed while
 * they grow, under keys that change. Verified by Helix and by the reader that shares no code with it.
 *
 *   node bench/million.ts [--force] [--json]
 */
import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { appendEntries, auditHead, readHead } from '../src/audit/append.ts'
import { rotateKey } from '../src/audit/checkpoints/change-keys.ts'
import { createCheckpointer } from '../src/audit/checkpoints/checkpointer.ts'
import { createKeyStore } from '../src/audit/checkpoints/signing-keys.ts'
import type { NewEntry } from '../src/audit/entry.ts'
import { exportLines } from '../src/audit/export.ts'
import { verifyDatabase } from '../src/audit/verify-database.ts'
import type { Database } from '../src/db/database.ts'
import { openPostgres } from '../src/db/postgres.ts'
import { plainFiles } from '../src/files.ts'
import { createDatabase } from '../test/support/postgres.ts'
import { type Figure, type Row, runRow, type Tools } from './support/row.ts'

const ENTRIES = 1_000_000
const APPENDERS = 4
const AT_ONCE = 250
/** Checkpoints while it grows, and after how many of them the key changes. */
const CHECKPOINTS = 25
const CHECKPOINTS_A_KEY = 5
const VERIFIER = fileURLToPath(new URL('../test/audit/verify-export.mjs', import.meta.url))

function entry(appender: number, place: number): NewEntry {
  const data = { generation: `${appender}-${place}`, model: 'claude-sonnet-5-5', digest: 'ab'.repeat(32) }
  return { channel: 'api', kind: 'claude.called', actor: `gateway:${appender}`, data }
}

/** One gateway's worth of writing, on connections of its own. */
async function appendAll(url: string, log: string, appender: number): Promise<void> {
  const db = await openPostgres({ connectionString: url, max: 2 })
  try {
    for (let place = 0; place < ENTRIES / APPENDERS; place += AT_ONCE) {
      const heads = Array.from({ length: AT_ONCE }, (_, index) =>
        auditHead(log, entry(appender, place + index), new Date()),
      )
      await appendEntries(db, heads)
    }
  } finally {
    await db.close()
  }
}

/** Signs the log again and again while it grows, and changes the key now and then; resolves to how often. */
async function signWhile(growing: Promise<unknown>, db: Database, folder: string, note: Tools['note']) {
  const keys = createKeyStore({ dataDir: folder, files: plainFiles })
  const checkpointer = createCheckpointer({ db, keys, memory: join(folder, 'seen.json'), actor: 'cli:bench' })
  let grows = true
  growing.finally(() => {
    grows = false
  })
  let [signed, rotations] = [0, 0]
  while (grows) {
    const { size } = await checkpointer.make()
    signed += 1
    note(`${size} entries, ${signed} checkpoints`)
    if (signed % CHECKPOINTS_A_KEY === 0) {
      await rotateKey({ db, keys, actor: 'cli:bench' })
      rotations += 1
    }
    const next = (signed * ENTRIES) / CHECKPOINTS
    while (grows && (await readHead(db)).seq < next) await new Promise((resolve) => setTimeout(resolve, 200))
  }
  const { root } = await checkpointer.make()
  return { signed: signed + 1, rotations, root: Buffer.from(root).toString('base64') }
}

/** What the independent reader says of the export, and how long it took. */
async function readIndependently(db: Database, folder: string) {
  const file = join(folder, 'log.jsonl')
  await pipeline(Readable.from(exportLines(db)), createWriteStream(file))
  const began = performance.now()
  const child = spawn('sh', ['-c', `exec node "$0" < "$1"`, VERIFIER, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said = await text(child.stdout)
  return { said, seconds: (performance.now() - began) / 1_000 }
}

async function measure({ resources, note }: Tools): Promise<Figure[]> {
  const { url } = resources.keep(await createDatabase({ migrated: true }), ({ drop }) => drop())
  const db = resources.keep(await openPostgres({ connectionString: url }), (open) => open.close())
  const folder = resources.keep(await mkdtemp(join(tmpdir(), 'helix-million-')), (path) =>
    rm(path, { recursive: true }),
  )
  const { log } = await readHead(db)
  const began = performance.now()
  const growing = Promise.all(
    Array.from({ length: APPENDERS }, (_, appender) => appendAll(url, log, appender)),
  )
  const { signed, rotations, root } = await signWhile(growing, db, folder, note)
  await growing
  const appendSeconds = (performance.now() - began) / 1_000
  note('verifying')
  const verifyBegan = performance.now()
  const cpuBefore = process.cpuUsage()
  const { findings, entries, signed: reached, end } = await verifyDatabase(db)
  const verifySeconds = (performance.now() - verifyBegan) / 1_000
  const { user, system } = process.cpuUsage(cpuBefore)
  const cpuSeconds = (user + system) / 1_000_000
  if (findings.length > 0) note(JSON.stringify(findings.slice(0, 10)))
  const { said, seconds } = await readIndependently(db, folder)
  const agrees = [end.hash, `"size":${end.seq}`, root].every((part) => said.includes(part))
  return [
    {
      what: `false alarms in ${entries.toLocaleString('en')} clean entries`,
      value: findings.length,
      unit: '',
      digits: 0,
      bar: { most: 0 },
      detail: `${APPENDERS} appenders, ${signed} checkpoints, ${rotations} changes of the key; signed as far as ${reached?.size}`,
    },
    {
      what: 'verified from the database, with its checkpoints',
      value: entries / verifySeconds,
      unit: '/s',
      digits: 0,
      bar: { least: 100_000 },
      detail: `${Math.round(entries / cpuSeconds)} a second of processor time of its own`,
    },
    {
      what: 'the independent reader comes to the same end and root',
      value: agrees ? 1 : 0,
      unit: '',
      digits: 0,
      bar: { least: 1 },
      detail: `${Math.round(entries / seconds)}/s of exported lines`,
    },
    {
      what: 'appended while it was signed',
      value: entries / appendSeconds,
      unit: '/s',
      digits: 0,
      bar: { least: 1_000 },
      detail: `${AT_ONCE} a transaction`,
    },
  ]
}

await runRow({
  row: null,
  title: 'a million entries',
  conditions: [
    `${APPENDERS} appenders on connections of their own; a checkpoint each ${(ENTRIES / CHECKPOINTS).toLocaleString('en')} entries, another key each ${CHECKPOINTS_A_KEY} checkpoints.`,
    'Verification reads every entry from the database, and every checkpoint; the independent reader is test/audit/verify-export.mjs.',
  ],
  measure,
} satisfies Row)
