import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { asStranger } from '../../test/support/as-stranger.ts'
import { layBackup, layProof } from '../../test/support/laid-backup.ts'
import { S3_KEY, startS3Server } from '../../test/support/s3-server.ts'
import type { Destination } from './destinations/destination.ts'
import { directoryDestination } from './destinations/directory.ts'
import { s3Destination } from './destinations/s3.ts'
import { findBackup, listBackups } from './list.ts'
import { archiveName, manifestName, proofName } from './manifest.ts'
import { readProof } from './proof.ts'
import { planPrune, prune } from './prune.ts'

const [OLDEST, OLDER, NEWEST] = [
  '20260101T031700Z-aaaaaa',
  '20260102T031700Z-bbbbbb',
  '20260103T031700Z-cccccc',
]
const ONE_A_DAY = { days: 1, weeks: 1, months: 1 }
const LATER = new Date('2026-02-01T00:00:00Z')
const folder = mkdtempSync(join(tmpdir(), 'helix-unreadable-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A place in which the manifest of the newest backup and the proof of the oldest cannot be read. */
interface Place {
  destination: Destination
  /** Does something as one who cannot read those two. */
  within<T>(work: () => Promise<T>): Promise<T>
}

async function lay(destination: Destination): Promise<void> {
  for (const id of [OLDEST, OLDER, NEWEST]) await layBackup(destination, id)
  await layProof(destination, OLDEST)
}

async function folderPlace(): Promise<Place> {
  chmodSync(folder, 0o755)
  const path = mkdtempSync(join(folder, 'd-'))
  const destination = directoryDestination(path)
  await lay(destination)
  chmodSync(path, 0o777)
  for (const each of await destination.list()) chmodSync(join(path, each.name), 0o644)
  for (const name of [manifestName(NEWEST), proofName(OLDEST)]) chmodSync(join(path, name), 0o000)
  return { destination, within: asStranger }
}

async function bucketPlace(): Promise<Place> {
  const s3 = await startS3Server('backups')
  onTestFinished(() => s3.close())
  const destination = s3Destination({ endpoint: s3.endpoint, ...S3_KEY, bucket: 'backups', prefix: '' })
  await lay(destination)
  s3.archived.add(manifestName(NEWEST)).add(proofName(OLDEST))
  return { destination, within: (work) => work() }
}

describe.each([
  ['a folder where it is of somebody else', folderPlace, 'EACCES'],
  ['a bucket that has archived it', bucketPlace, 'InvalidObjectState'],
] as const)('a manifest that cannot be read in %s', (_where, place, why) => {
  let at: Place
  beforeEach(async () => {
    at = await place()
  })

  it('is listed as such, beside the others', async () => {
    const listed = await at.within(() => listBackups(at.destination))
    expect(listed).toMatchObject([
      { id: NEWEST, manifest: undefined, damage: expect.stringMatching(`^cannot be read: .*${why}`) },
      { id: OLDER, damage: undefined },
      { id: OLDEST, damage: undefined },
    ])
  })

  it('keeps nobody from another, and `latest` says what it passes over', async () => {
    const passed: string[] = []
    const find = (wanted: string) =>
      at.within(() => findBackup(at.destination, wanted, ({ id }) => passed.push(id)))
    expect(await find('latest')).toMatchObject({ id: OLDER })
    expect(passed).toEqual([NEWEST])
    expect(await find(OLDEST)).toMatchObject({ id: OLDEST })
    await expect(find(NEWEST)).rejects.toMatchObject({
      code: 'backup_unreadable',
      message: expect.stringContaining(why),
    })
  })

  it('has it neither pruned nor taken for a leftover, nor one that may be the last proved', async () => {
    const plan = await at.within(() => planPrune(at.destination, ONE_A_DAY, LATER))
    expect(plan).toMatchObject({ keep: [{ id: OLDER }], remove: [], leftovers: [] })
    expect(plan.damaged).toMatchObject([
      { id: NEWEST, damage: expect.stringContaining('cannot be read') },
      { id: OLDEST, damage: expect.stringContaining('its proof cannot be read') },
    ])
    await at.within(() => prune(at.destination, plan))
    expect((await at.destination.list()).map(({ name }) => name).toSorted()).toEqual(
      [OLDEST, OLDER, NEWEST]
        .flatMap((id) => [archiveName(id), manifestName(id), ...(id === OLDEST ? [proofName(id)] : [])])
        .toSorted(),
    )
    const proof = await at.within(async () => {
      const manifest = await findBackup(at.destination, OLDEST)
      return readProof(at.destination, manifest)
    })
    expect(proof).toEqual({ unread: expect.stringContaining(why) })
  })
})

describe('a place', () => {
  it('tells of a backup that was removed while it listed them, and of the others', async () => {
    const there = directoryDestination(mkdtempSync(join(folder, 'gone-')))
    await lay(there)
    const names = await there.list()
    await there.remove(manifestName(NEWEST))
    const destination = { ...there, list: async () => names }
    expect(await listBackups(destination)).toMatchObject([
      { id: NEWEST, damage: expect.stringMatching(/^cannot be read: There is no/) },
      { damage: undefined },
      { damage: undefined },
    ])
    expect(await findBackup(destination, 'latest')).toMatchObject({ id: OLDER })
  })

  it('that goes away while its backups are listed fails as a whole', async () => {
    const s3 = await startS3Server('backups')
    const destination = s3Destination({ endpoint: s3.endpoint, ...S3_KEY, bucket: 'backups', prefix: '' })
    await lay(destination)
    const names = await destination.list()
    await s3.close()
    const gone = { ...destination, list: async () => names }
    await expect(listBackups(gone)).rejects.toMatchObject({ code: 'backup_failed' })
    await expect(findBackup(gone, OLDEST)).rejects.toMatchObject({ code: 'backup_failed' })
  }, 30_000)

  it('that refuses the key by now fails as a whole', async () => {
    const s3 = await startS3Server('backups')
    onTestFinished(() => s3.close())
    const given = { endpoint: s3.endpoint, ...S3_KEY, bucket: 'backups', prefix: '' }
    const destination = s3Destination(given)
    await lay(destination)
    const names = await destination.list()
    const refused = { ...s3Destination({ ...given, secretAccessKey: 'another' }), list: async () => names }
    await expect(listBackups(refused)).rejects.toThrow(/SignatureDoesNotMatch/)
  })
})
