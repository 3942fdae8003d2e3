/**
 * Row 9: a backup and its restore against pg_dump -Fc and pg_restore, on the same data and server, in turns.
 *
 *   node bench/backup.ts [--mb 1000] [--words no] [--rounds n] [--json] [--force]
 *
 * `--words no` leaves the index of words out everywhere. It takes the server most of any restore, the same in both.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { packageRoot } from '../src/config/package.ts'
import { migrate } from '../src/db/migrations/migrate.ts'
import { openPostgres } from '../src/db/postgres.ts'
import { serverPrograms } from '../test/support/cluster.ts'
import { createDatabase } from '../test/support/postgres.ts'
import { type Figure, type Row, runRow, type Tools } from './support/row.ts'
import { median } from './support/statistics.ts'

const HELIX = join(packageRoot(), 'dist/bin/helix.js')
const ROUNDS = 3
const MB = 1_000
const PEOPLE = 2_000
const CONVERSATIONS_EACH = 10
/** What a message of the data comes to, as it lies in its table. */
const MESSAGE_BYTES = 1_400
const run = promisify(execFile)

const WORDS = Array.from({ length: 5_000 }, (_, word) =>
  createHash('md5')
    .update(String(word))
    .digest('hex')
    .slice(0, 2 + (word % 8)),
)

/** Text of 180 words in an order that does not repeat as a block would; about 1,100 characters. */
function textOf(message: number): string {
  const words: string[] = []
  for (let place = 1; place <= 180; place += 1)
    words.push(WORDS[(message * 131 + place * place * 17) % WORDS.length] ?? '')
  return words.join(' ')
}

/** So many messages for each conversation, as COPY takes them; in the order of time, everybody's beside everybody else's. */
async function* messageRows(each: number): AsyncGenerator<Uint8Array> {
  for (let message = 1; message <= each; message += 1) {
    const role = message % 2 === 0 ? 'assistant' : 'user'
    for (let talk = 1; talk <= CONVERSATIONS_EACH; talk += 1) {
      const rows: string[] = []
      for (let person = 1; person <= PEOPLE; person += 1) {
        const text = textOf((person * 7_919 + talk * 104_729 + message * 1_299_709) % 1_000_003)
        const [user, key] = [md5(`p${person}`), md5(`${person}-${talk}`)]
        rows.push(`${user}\t${key}\t${role}\t${text}\tclaude-sonnet-5-5\t900\t300\n`)
      }
      yield Buffer.from(rows.join(''))
    }
  }
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex')

const WORDS_INDEX = 'public.idx_session_messages_terms'

/** People, conversations and messages of so many MB; triggers and the index of words follow once they are in. */
async function fill(connectionString: string, mb: number, words: boolean): Promise<void> {
  const db = await openPostgres({ connectionString, max: 1 })
  const messages = Math.round((mb * 1_000_000) / MESSAGE_BYTES)
  const each = Math.ceil(messages / (PEOPLE * CONVERSATIONS_EACH))
  await db.bulk(async (tx) => {
    const [index] = await tx.query<{ made: string }>(
      `select pg_get_indexdef('${WORDS_INDEX}'::regclass) as made`,
    )
    for (const table of ['conversations', 'session_messages', 'user_profiles'])
      await tx.script(`alter table public.${table} disable trigger user`)
    await tx.script(`drop index ${WORDS_INDEX}`)
    await tx.script(`
      insert into auth.users (id, email) select md5('p' || p)::uuid, p || '@example.com' from generate_series(1, ${PEOPLE}) p;
      insert into public.user_profiles (user_id) select id from auth.users on conflict do nothing;
      insert into public.conversations (user_id, session_key, title)
        select md5('p' || p)::uuid, md5(p || '-' || c), 'about ' || c
        from generate_series(1, ${PEOPLE}) p, generate_series(1, ${CONVERSATIONS_EACH}) c`)
    const columns = 'user_id, session_key, role, content, model, input_tokens, output_tokens'
    await tx.copyIn(`public.session_messages (${columns})`, messageRows(each))
    if (index && words) await tx.script(index.made)
    for (const table of ['conversations', 'session_messages', 'user_profiles'])
      await tx.script(`alter table public.${table} enable trigger user`)
  })
  await db.scriptOutsideTransaction('vacuum analyze; checkpoint').catch(() => {})
  await db.close()
}

interface Took {
  ms: number
  rssMiB: number
}

/** Has a process say the most memory it held, in KiB, as it ends. */
const TELL = `data:text/javascript,process.on('exit',()=>process.stderr.write('most '+process.resourceUsage().maxRSS))`

/** One command as people type it, from what is built. */
async function helix(argv: string[], url: string, folder: string, identity: string): Promise<Took> {
  const identityFile = join(folder, 'identity.txt')
  await writeFile(identityFile, `${identity}\n`)
  const env = {
    ...{ PATH: process.env.PATH, HOME: folder, DATABASE_URL: url, HELIX_DATA_DIR: folder },
    HELIX_BACKUP_RECIPIENTS: await identityToRecipient(identity),
    HELIX_BACKUP_IDENTITY_FILE: identityFile,
  }
  const started = performance.now()
  const { stderr } = await run(process.execPath, ['--import', TELL, HELIX, ...argv], { env, cwd: folder })
  const ms = performance.now() - started
  return { ms, rssMiB: Number(/most (\d+)$/.exec(stderr)?.[1]) / 1_024 }
}

async function timed(program: string, args: string[]): Promise<number> {
  const started = performance.now()
  await run(join(serverPrograms() ?? '', program), args)
  return performance.now() - started
}

async function emptied<T>(work: (url: string) => Promise<T>): Promise<T> {
  const { url, drop } = await createDatabase()
  return work(url).finally(drop)
}

interface Round {
  backup: Took
  dump: number
  restore: Took
  pgRestore: number
}

/** Where a schema stands already, a restore makes the indexes that it has. */
async function withoutWords(connectionString: string): Promise<void> {
  const db = await openPostgres({ connectionString, max: 1 })
  await migrate(db, { mode: 'postgres' })
  await db.transaction('owner', (tx) => tx.script(`drop index ${WORDS_INDEX}`))
  await db.close()
}

async function round(url: string, folder: string, identity: string, words: boolean): Promise<Round> {
  const dumped = join(folder, 'dump')
  const own = await mkdtemp(join(folder, 'b-'))
  const backup = await helix(['backup', 'create'], url, own, identity)
  const dump = await timed('pg_dump', ['-Fc', '-f', dumped, url])
  const pgRestore = await emptied((empty) =>
    timed('pg_restore', ['--no-owner', '--exit-on-error', '-d', empty, dumped]),
  )
  const restore = await emptied(async (empty) => {
    if (!words) await withoutWords(empty)
    return helix(['restore', 'latest'], empty, own, identity)
  })
  return { backup, dump, restore, pgRestore }
}

async function measure({ resources, rounds, option, note }: Tools): Promise<Figure[]> {
  const mb = Number(option('mb') ?? MB)
  const words = option('words') !== 'no'
  const database = await createDatabase({ migrated: true })
  resources.keep(database, ({ drop }) => drop())
  const folder = await mkdtemp(join(tmpdir(), 'helix-bench-backup-'))
  resources.keep(folder, (made) => rm(made, { recursive: true, force: true }))
  note(`Making ${mb} MB`)
  await fill(database.url, mb, words)
  const identity = await generateX25519Identity()
  const done: Round[] = []
  for (let left = rounds(ROUNDS); left > 0; left -= 1) {
    const each = await round(database.url, folder, identity, words)
    const s = (ms: number) => (ms / 1_000).toFixed(1)
    note(
      `backup ${s(each.backup.ms)} s, pg_dump ${s(each.dump)} s; restore ${s(each.restore.ms)} s, pg_restore ${s(each.pgRestore)} s; ` +
        `${each.backup.rssMiB.toFixed(0)} and ${each.restore.rssMiB.toFixed(0)} MiB`,
    )
    done.push(each)
  }
  const { size } = await stat(join(folder, 'dump'))
  const of = (pick: (each: Round) => number) => median(done.map(pick))
  const seconds = (pick: (each: Round) => number) => `${(of(pick) / 1_000).toFixed(1)} s`
  const most = (pick: (each: Round) => number) => Math.max(...done.map(pick))
  return [
    {
      ...{
        what: 'backup, of the time pg_dump -Fc takes',
        value: of((each) => each.backup.ms / each.dump),
        unit: '×',
      },
      detail: `${seconds((each) => each.backup.ms)} and ${seconds((each) => each.dump)}; encrypted and hashed, which a dump is not`,
      bar: { most: 1 },
    },
    {
      ...{
        what: `restore${words ? '' : ' without the index of words'}, of the time pg_restore takes`,
        unit: '×',
      },
      value: of((each) => each.restore.ms / each.pgRestore),
      detail: `${seconds((each) => each.restore.ms)} and ${seconds((each) => each.pgRestore)}; every row and the chain checked`,
      bar: { most: 1 },
    },
    {
      what: 'most memory of a backup',
      value: most((each) => each.backup.rssMiB),
      unit: 'MiB',
      digits: 0,
      bar: { most: 200 },
    },
    {
      what: 'most memory of a restore',
      value: most((each) => each.restore.rssMiB),
      unit: 'MiB',
      digits: 0,
      bar: { most: 200 },
    },
    {
      what: 'size of the dump',
      value: size / 1_000_000,
      unit: 'MB',
      digits: 0,
      detail: `of ${mb} MB of messages`,
    },
  ]
}

const row: Row = {
  row: 9,
  title: 'backup and restore',
  conditions: [
    '2,000 people, 20,000 conversations, their messages (1 GB unless told); words that compress as text does.',
    'In turns with pg_dump -Fc and pg_restore of the same server, each a command of its own, Helix from dist/; restores into empty databases.',
  ],
  options: ['mb', 'words'],
  measure,
}

await runRow(row)
