import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatVerifier } from '../../src/audit/checkpoints/note.ts'
import { newSigningKey } from '../../src/audit/checkpoints/signing-keys.ts'
import { createBackup } from '../../src/backup/create.ts'
import { directoryDestination } from '../../src/backup/destinations/directory.ts'
import { openEmbedded } from '../../src/db/embedded.ts'
import { readMigrations } from '../../src/db/migrations/files.ts'
import { migrate } from '../../src/db/migrations/migrate.ts'
import { helix } from '../../test/support/host.ts'

/** One command with `--json`, and what it answered. */
async function answer(argv: readonly string[], environment: Record<string, string>) {
  const { exit, stdout, stderr } = await helix([...argv, '--json'], { environment })
  return { exit, stderr, ...JSON.parse(stdout) }
}

describe('helix backup and restore, embedded', () => {
  let folder: string
  let environment: Record<string, string>
  const dataDir = () => join(folder, 'data')
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'helix-backups-'))
    environment = { HELIX_DATA_DIR: dataDir() }
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('says that there is nothing to back up, and nothing to restore', async () => {
    expect(await answer(['backup', 'create'], environment)).toMatchObject({
      exit: 3,
      code: 'precondition_failed',
    })
    expect(await answer(['restore', 'latest'], environment)).toMatchObject({
      exit: 8,
      code: 'backup_not_found',
    })
    expect(await answer(['backup', 'list'], environment)).toMatchObject({ exit: 0, data: { backups: [] } })
  })

  it('takes no password of a database on the command line', async () => {
    for (const url of [
      'postgres://me:hidden@127.0.0.1/drill',
      'postgres://127.0.0.1/drill?password=hidden',
    ]) {
      const refused = await helix(['backup', 'drill', '--into', url], { environment })
      expect(refused).toMatchObject({ exit: 2, stderr: expect.stringContaining('HELIX_DRILL_DATABASE_URL') })
      expect(refused.stderr).not.toContain('hidden')
    }
    const unreached = { ...environment, HELIX_DRILL_DATABASE_URL: 'postgres://me:hidden@127.0.0.1:9/drill' }
    expect((await helix(['config', 'show', '--json'], { environment: unreached })).stdout).not.toContain(
      'hidden',
    )
  })

  it('makes a key, a backup, and says where both are', async () => {
    expect((await helix(['db', 'migrate'], { environment })).exit).toBe(0)
    const made = await helix(['backup', 'create', '--reason', 'a test'], { environment })
    expect(made).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/Backup \d{8}T\d{6}Z-[0-9a-f]{6}: \d+ rows/),
    })
    expect(made.stderr).toContain(
      `A key that opens the backups was made: ${join(dataDir(), 'backup-key.txt')}`,
    )
    expect(readdirSync(join(dataDir(), 'backups'))).toHaveLength(2)
    const { data } = await answer(['backup', 'list'], environment)
    expect(data.backups).toMatchObject([{ reason: 'a test', mode: 'embedded', damage: null }])
  })

  it('verifies it with and without the private key', async () => {
    expect(await answer(['backup', 'verify'], environment)).toMatchObject({
      exit: 0,
      data: { level: 'list' },
    })
    const without = { ...environment, HELIX_BACKUP_IDENTITY_FILE: join(folder, 'nowhere.txt') }
    expect(await answer(['backup', 'verify', '--level', 'file'], without)).toMatchObject({ exit: 0 })
    expect(await answer(['backup', 'verify'], without)).toMatchObject({
      exit: 3,
      message: expect.stringContaining('nowhere.txt'),
    })
  })

  it('takes only what the named key signed, and says where that is no key of this machine', async () => {
    const { data } = await answer(['keys', 'show', 'audit'], environment)
    expect(await answer(['backup', 'verify', '--signed-by', data.key], environment)).toMatchObject({
      exit: 0,
    })
    const other = formatVerifier({ name: 'helix/other', publicKey: randomBytes(32) })
    expect(await answer(['backup', 'verify', '--signed-by', other], environment)).toMatchObject({
      exit: 8,
      code: 'backup_damaged',
    })
    const elsewhere = { HELIX_DATA_DIR: join(folder, 'elsewhere') }
    const bytes = ['backup', 'verify', '--level', 'file', '--from', join(dataDir(), 'backups')]
    const told = await answer(bytes, elsewhere)
    expect(told).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining('which is no key of this machine'),
    })
    expect((await answer(bytes, environment)).stderr).not.toContain('no key of this machine')
  })

  it('proves it by a drill, keeps the evidence, and says so in the list and in the database', async () => {
    const evidence = join(folder, 'evidence.json')
    const drilled = await answer(['backup', 'drill', '--evidence', evidence], environment)
    expect(drilled).toMatchObject({ exit: 0, data: { into: expect.stringContaining('embedded PostgreSQL') } })
    expect(drilled.data.restoreMs).toBeGreaterThan(0)
    const proof = JSON.parse(readFileSync(evidence, 'utf8'))
    expect(proof).toMatchObject({ backup: drilled.data.id, chain: drilled.data.chain })
    const { data } = await answer(['backup', 'list'], environment)
    expect(data.backups).toMatchObject([{ id: drilled.data.id, provedAt: proof.at }])
    expect(readdirSync(dataDir()).filter((name) => name.startsWith('drill-'))).toEqual([])
  }, 60_000)

  it('ends when somebody stops it, with 130 and nothing of it left', async () => {
    const places = () => [dataDir(), join(dataDir(), 'backups')].flatMap((place) => readdirSync(place))
    const before = places()
    const stops = [
      [['backup', 'create'], 'Reading public.'],
      [['backup', 'drill'], 'Restoring public.'],
    ] as const
    for (const [argv, said] of stops) {
      const stop = new AbortController()
      const onStderr = (text: string) => void (text.includes(said) && stop.abort('SIGINT'))
      const { exit, stdout } = await helix(argv, { environment, signal: stop.signal, onStderr })
      expect([stop.signal.aborted, exit, stdout]).toEqual([true, 130, ''])
      expect(places()).toEqual(before)
    }
  }, 60_000)

  it('prunes only what it named before, and only where that place is confirmed', async () => {
    const place = join(dataDir(), 'backups')
    const stale = '20200101T000000Z-abcdef.helix.age.part'
    writeFileSync(join(place, stale), 'cut short')
    const dry = await answer(['backup', 'prune'], environment)
    expect(dry).toMatchObject({ exit: 0, data: { removed: false, leftovers: [stale], remove: [] } })
    expect(await answer(['backup', 'prune', '--confirm=elsewhere'], environment)).toMatchObject({ exit: 2 })
    expect(existsSync(join(place, stale))).toBe(true)
    const done = await answer(['backup', 'prune', `--confirm=${place}`], environment)
    expect(done).toMatchObject({ exit: 0, data: { removed: true, keep: [{ why: 'the newest' }] } })
    expect(existsSync(join(place, stale))).toBe(false)
  }, 60_000)

  it('restores only with the name of the database, backs up first, and says how to undo it', async () => {
    expect(await answer(['restore', 'latest', '--yes'], environment)).toMatchObject({
      exit: 2,
      code: 'consent_required',
      hint: 'Add --confirm=embedded to consent.',
    })
    const dry = await helix(['restore', 'latest', '--dry-run'], { environment })
    expect(dry).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/^Would back up what is there, then put/),
    })
    const done = await helix(['restore', 'latest', '--confirm=embedded'], { environment })
    expect(done.exit).toBe(0)
    const safety = /To undo: helix restore (\S+) --confirm=embedded/.exec(done.stdout)?.[1] ?? ''
    const { data } = await answer(['backup', 'list'], environment)
    expect(data.backups).toMatchObject([{ id: safety }, { reason: 'a test' }])
    const undone = await helix(['restore', safety, '--confirm=embedded'], { environment })
    expect(undone.exit).toBe(0)
    expect(await answer(['audit', 'verify'], environment)).toMatchObject({ exit: 0 })
    const journal = readFileSync(join(dataDir(), 'journal.jsonl'), 'utf8')
    expect(journal).toContain('"kind":"restore.start"')
    expect(journal).toContain('"kind":"restore.end"')
  }, 60_000)

  it('restores on a new machine, with the keys of the installation', async () => {
    const elsewhere = join(folder, 'elsewhere')
    mkdirSync(elsewhere)
    const given = ['--from', join(dataDir(), 'backups'), '--identity', join(dataDir(), 'backup-key.txt')]
    const done = await answer(['restore', 'latest', ...given], { HELIX_DATA_DIR: elsewhere })
    expect(done).toMatchObject({ exit: 0, data: { over: false, safety: null, keys: ['audit-key.json'] } })
    expect(readFileSync(join(elsewhere, 'audit-key.json'), 'utf8')).toBe(
      readFileSync(join(dataDir(), 'audit-key.json'), 'utf8'),
    )
    expect(existsSync(join(elsewhere, 'backups'))).toBe(false)
  }, 60_000)

  it('leaves the keys of a machine that has others, and names them', async () => {
    const other = { HELIX_DATA_DIR: join(folder, 'other') }
    expect((await helix(['db', 'migrate'], { environment: other })).exit).toBe(0)
    expect((await helix(['backup', 'create'], { environment: other })).exit).toBe(0)
    const before = readFileSync(join(folder, 'other', 'audit-key.json'), 'utf8')
    const given = ['--from', join(dataDir(), 'backups'), '--identity', join(dataDir(), 'backup-key.txt')]
    const argv = ['restore', 'latest', ...given, '--no-safety-backup', '--confirm=embedded']
    expect(await answer(argv, other)).toMatchObject({
      exit: 0,
      data: { keys: [], otherKeys: ['audit-key.json'] },
    })
    expect(readFileSync(join(folder, 'other', 'audit-key.json'), 'utf8')).toBe(before)
  }, 60_000)

  it('does not let tables of a newer schema go without a safety backup', async () => {
    const db = await openEmbedded({ dataDir: 'memory://' })
    await migrate(db, { mode: 'embedded', upTo: readMigrations().at(-3)?.version ?? '' })
    const destination = directoryDestination(join(folder, 'older'))
    const recipients = [await identityToRecipient(await generateX25519Identity())]
    const deps = {
      db,
      mode: 'embedded',
      dataDir: folder,
      destination,
      recipients,
      key: newSigningKey(),
    } as const
    await createBackup(deps, { reason: 'long ago' }).finally(() => db.close())
    const argv = ['restore', 'latest', '--from', destination.name, '--no-safety-backup', '--confirm=embedded']
    expect(await answer(argv, environment)).toMatchObject({
      exit: 3,
      code: 'precondition_failed',
      hint: expect.stringContaining('--no-safety-backup'),
    })
    expect(await answer(['audit', 'verify'], environment)).toMatchObject({ exit: 0 })
  }, 60_000)
})
