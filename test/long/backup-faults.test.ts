import { randomInt } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { newSigningKey } from '../../src/audit/checkpoints/signing-keys.ts'
import { createBackup } from '../../src/backup/create.ts'
import type { Destination } from '../../src/backup/destinations/destination.ts'
import { directoryDestination } from '../../src/backup/destinations/directory.ts'
import { remoteDestination } from '../../src/backup/destinations/remote.ts'
import { s3Destination } from '../../src/backup/destinations/s3.ts'
import { listBackups } from '../../src/backup/list.ts'
import { checkParts } from '../../src/backup/read.ts'
import type { Database } from '../../src/db/database.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { sshHost } from '../../src/shell/ssh.ts'
import { cuttingRelay } from '../support/cutting-relay.ts'
import { createDatabase, postgresUnavailable } from '../support/postgres.ts'
import { S3_KEY, startS3Server } from '../support/s3-server.ts'
import { mountDisk } from '../support/small-disk.ts'
import { sshdUnavailable, startSshd } from '../support/sshd.ts'

/** Random points of each kind; the figures of docs/backup.md are of 60. */
const POINTS = Number(process.env.HELIX_FAULTS ?? 12)
/** Rows that hardly compress: an archive of about 10 MB, which a bucket takes in two parts. */
const ROWS = 4_000

const identity = await generateX25519Identity()
const recipients = [await identityToRecipient(identity)]
const key = newSigningKey()
const probe = mountDisk(64)
probe?.remove()
const noDisk = probe ? null : 'only root can make a small disk'

describe.skipIf(postgresUnavailable)(`a backup cut short (${postgresUnavailable ?? 'found'})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'helix-backup-faults-'))
  let database: Awaited<ReturnType<typeof createDatabase>>
  let db: Database
  let archive: number
  beforeAll(async () => {
    database = await createDatabase({ migrated: true })
    db = await openPostgres({ connectionString: database.url, max: 2 })
    await db.transaction('owner', (tx) =>
      tx.script(
        `insert into public.settings (key, value) select 'row-' || i, to_jsonb((
           select string_agg(md5((i * 1000 + k)::text), '') from generate_series(1, 150) k)) from generate_series(1, ${ROWS}) i`,
      ),
    )
    archive = (await backUp(directoryDestination(join(folder, 'whole')))).archive.bytes
    expect(archive).toBeGreaterThan(9 * 1024 * 1024)
  })
  afterAll(async () => {
    await db?.close()
    await database?.drop()
    rmSync(folder, { recursive: true, force: true })
  })

  const backUp = (destination: Destination, dataDir = join(folder, 'data')) =>
    createBackup({ db, mode: 'postgres', dataDir, destination, recipients, key }, { reason: 'test' })

  /** A byte of what is written, or one shortly after all of it. */
  const somewhere = () => randomInt(1, Math.ceil(archive * 1.05))

  /** Makes backups, each met by a fault of its own; whatever lists as good must be whole, and be what was promised. */
  async function meet(
    kind: string,
    point: (number: number) => Promise<{ made: boolean; seen: Destination }>,
  ) {
    let [none, whole] = [0, 0]
    for (let number = 1; number <= POINTS; number += 1) {
      const { made, seen } = await point(number)
      const listed = await listBackups(seen)
      const good = listed.filter(({ damage }) => damage === undefined)
      expect(good, `${kind} ${number}`).toHaveLength(made ? 1 : 0)
      for (const { manifest } of good) if (manifest) await checkParts(seen, manifest, [identity])
      for (const { name } of await seen.list()) await seen.remove(name)
      if (made) whole += 1
      else none += 1
    }
    process.stderr.write(`${kind}, ${POINTS} points: ${none} left no backup, ${whole} a whole one\n`)
    expect(none).toBeGreaterThan(0)
  }

  const succeeds = (work: Promise<unknown>) =>
    work.then(
      () => true,
      (thrown) => {
        expect(thrown).toMatchObject({ code: expect.stringMatching(/^(backup_failed|host_unreachable)$/) })
        return false
      },
    )

  it.skipIf(noDisk)(`by a disk that is full lists as none, or is whole (${noDisk ?? 'root'})`, async () => {
    await meet('a full disk', async (number) => {
      const disk = mountDisk(Math.ceil(somewhere() / 1024))
      if (!disk) throw new Error('no disk, where there was one before')
      onTestFinished(() => {
        if (existsSync(disk.folder)) disk.remove()
      })
      // In turns where the backup goes, and where it is laid down before it goes far away.
      const place = join(folder, `disk-${number}`)
      const far = { ...directoryDestination(place), remote: true }
      const made = await succeeds(
        number % 2 === 0 ? backUp(far, disk.folder) : backUp(directoryDestination(disk.folder)),
      )
      if (number % 2 !== 0) return { made, seen: directoryDestination(disk.folder) }
      expect(readdirSync(disk.folder)).toEqual([])
      disk.remove()
      return { made, seen: directoryDestination(place) }
    })
  })

  it('by a connection to a bucket that is lost lists as none, or is whole', async () => {
    const s3 = await startS3Server('backups')
    const relay = await cuttingRelay(Number(new URL(s3.endpoint).port))
    onTestFinished(async () => {
      await relay.close()
      await s3.close()
    })
    const bucket = (endpoint: string) => s3Destination({ endpoint, ...S3_KEY, bucket: 'backups', prefix: '' })
    await meet('a lost connection to a bucket', async () => {
      relay.cutAfter(somewhere())
      return {
        made: await succeeds(backUp(bucket(`http://127.0.0.1:${relay.port}`))),
        seen: bucket(s3.endpoint),
      }
    })
  })

  it.skipIf(sshdUnavailable)(
    `by a connection to another machine that is lost lists as none, or is whole (${sshdUnavailable ?? 'sshd'})`,
    async () => {
      const sshd = await startSshd()
      const relay = await cuttingRelay(sshd.port)
      // The same machine under another port.
      const knownHostsFile = join(folder, 'known_hosts')
      const known = readFileSync(sshd.knownHostsFile, 'utf8').replace(`:${sshd.port} `, `:${relay.port} `)
      writeFileSync(knownHostsFile, known)
      const { host, identityFile } = sshd
      const access = { host, identityFile, knownHostsFile, port: relay.port }
      onTestFinished(async () => {
        await relay.close()
        await sshd.stop()
      })
      const place = join(folder, 'there')
      await meet('a lost connection to another machine', async () => {
        relay.cutAfter(somewhere())
        const there = remoteDestination(await sshHost(access), place, 'ssh://there')
        const made = await succeeds(backUp(there))
        await there.close()
        return { made, seen: directoryDestination(place) }
      })
    },
  )
})
